#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/io/schema_shape.hpp"

namespace oligosim {

/// The keys and items that lead to a mapping of a document; an item is "[0]".
using YamlSteps = std::vector<std::string>;

/// A mapping of a document that was read, and what was asked of it.
struct Observation {
  const ConfigNode::State* state;
  YamlSteps steps;
  std::string path;  // with [] for an item and * for a name that the user chooses: ".arms.*.effects"
};

/// What readers asked for, and on which words that depends.
class Observations {
 public:
  /// `names`: what users are taken to choose. `sections`: keys of the root that hold a part of a document of this kind.
  Observations(const std::vector<std::string>& names, const std::vector<std::string>& sections)
      : names_(names.begin(), names.end()), sections_(sections.begin(), sections.end()) {}

  /// The mappings of a document, outermost first. Values of a wrong kind are left out.
  std::vector<Observation> of(const ConfigNode& document) const;
  /// Takes down a document; the steps of the mappings of which something was asked for the first time.
  std::set<YamlSteps> add(const ConfigNode& document);
  /// From now on the keys of the mappings at this path are told apart by the word under this key; false if they were.
  bool depends(const std::string& path, const std::string& key) { return deciding_[path].insert(key).second; }
  bool decides(const std::string& path, const std::string& key) const {
    const auto found = deciding_.find(path);
    return found != deciding_.end() && found->second.contains(key);
  }
  /// All that was taken down, as one shape.
  MappingShape shape() const;

  /// What its path and, where its keys depend on a word, that word make of a mapping: "design{kind=fixed}".
  std::string name_of(const Observation& at) const;
  /// Whether it is known what a key of such a mapping takes.
  bool is_known(const Observation& at, const std::string& key) const {
    return known_.contains(name_of(at) + "\n" + key);
  }

  /// Whether a key is a name that the user chose.
  bool is_name(const ConfigNode::State::Asked& asked) const { return asked.is_name || names_.contains(asked.key); }

 private:
  friend class ShapeMaker;
  using Asked = ConfigNode::State::Asked;

  std::string path_of_part(const std::string& path, const Asked& asked) const;

  std::set<std::string> names_, sections_;
  std::map<std::string, std::set<std::string>> deciding_;  // by path
  std::set<std::string> facts_, known_, layouts_;
  std::vector<ConfigNode> documents_;
};

/// The word that a key of the program's words resolved to; empty if none.
std::string resolved_word(const ConfigNode::State& state, const std::string& key);

}  // namespace oligosim

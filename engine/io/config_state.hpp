#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/io/config.hpp"

namespace oligosim {

/// What a reader wants under a key. Recorded where someone listens (Problems::listen), for the schema.
struct Wanted {
  enum class Kind { number, integer, flag, text, word, mapping, list, named, anything };
  Kind kind = Kind::anything;
  bool several = false;  // one of them, or a list
  bool required = false;
  Range range = {};
  std::vector<std::string> words = {};  // of a word: those accepted here
  std::string what = {};                // the same: what it names ("column")
  bool fixed = false;                   // the words are the program's own, not names of this document or its data
  bool operator==(const Wanted&) const = default;
};

/// One mapping of the input and what was asked of it. All states of a document live in its Document, which every
/// ConfigNode keeps alive, so that the parts may point at one another.
struct ConfigNode::State {
  struct Document {
    explicit Document(Problems& p) : problems(p), listened(p.listened()) {}
    Problems& problems;
    bool listened;
    std::deque<State> states;  // the root first
  };

  /// A key that was asked for, and what it resolved to.
  struct Asked {
    enum class Shape { nothing, value, mapping, list, named };
    std::string key;
    Shape shape = Shape::nothing;
    YamlNode value = {};
    std::vector<State*> parts = {};
    std::vector<std::string> names = {};  // of the parts, if named
    std::vector<Wanted> wanted = {};      // recorded where someone listens; none for a key that is only accepted
    bool given = false;                   // the same
    bool is_name = false;                 // the key is a name of the document or its data
  };

  Document* document = nullptr;
  const YamlNode* node = nullptr;  // nullptr: absent or refused; a mapping otherwise
  Place place;
  std::string path;
  bool muted = false;
  std::vector<Asked> asked;
  std::unordered_map<std::string, std::size_t> asked_index;
  std::unordered_map<std::string_view, const YamlNode::Entry*> entries;

  /// The state of a value that should be a mapping; a problem, and silence from then on, if it is something else.
  static State& make(Document& document, const YamlNode* value, const Place& place, const std::string& path,
                     bool muted);

  const YamlNode* find(const std::string& key) const;   // null values too
  const YamlNode* value(const std::string& key) const;  // a null value counts as absent
  const Place& place_of(const std::string& key) const;
  std::string path_of(const std::string& key) const;
  void report(const Place& where, const std::string& where_path, const std::string& message) const;

  Asked& ask(const std::string& key);
  /// Takes down what is wanted under a key.
  void note(const std::string& key, const Wanted& wanted);
  /// The value, marked as asked; if absent nullptr, and a problem unless it may be.
  const YamlNode* wanted(const std::string& key, const std::string& accepted, bool optional);
  void record(const std::string& key, YamlNode value);
  /// The state under a key or list item.
  State& part(const YamlNode* value, const Place& where, const std::string& where_path);

  /// What was asked so far, as a mapping.
  YamlNode tree() const;
};

/// A number that is in the range.
double harmless(const Range& range);

/// "text in quotes", "a list" ...: what stands where something else is wanted.
std::string described(const YamlNode& node);

/// The static null node: what is found under an absent key.
const YamlNode& null_node();

}  // namespace oligosim

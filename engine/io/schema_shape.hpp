#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/io/config_state.hpp"

namespace oligosim {

struct MappingShape;

/// What may stand under a key: any of these.
struct ValueShape {
  bool known() const { return file || !answers.empty() || mapping || item || named; }

  bool file = false;                 // the name of a file that holds it
  std::vector<Wanted> answers = {};  // those that are no mapping and no list of them
  std::shared_ptr<const MappingShape> mapping = nullptr;
  std::shared_ptr<const MappingShape> item = nullptr;   // of a list of mappings
  std::shared_ptr<const MappingShape> named = nullptr;  // of a mapping whose names the user chooses
};

struct KeyShape {
  std::string name;
  ValueShape value = {};
  bool required = false;
  std::string standard = {};  // the default as YAML; empty: none, or not the same everywhere
};

/// A mapping as its reader asks for it.
struct MappingShape {
  struct Branch {
    std::string word;
    std::shared_ptr<const MappingShape> mapping;
  };
  /// A key that is asked for only where another one has certain words.
  struct Condition {
    std::string key;
    std::string on;
    std::vector<std::string> words;
  };

  const KeyShape& find(const std::string& key) const { return *std::ranges::find(keys, key, &KeyShape::name); }

  std::vector<KeyShape> keys = {};            // in the order of asking; with branches those of any branch
  std::shared_ptr<ValueShape> any = nullptr;  // under names that the user chooses
  bool may_be_empty = false;                  // nothing is required of a mapping without keys
  std::string by = {};                        // the key on whose word the others depend; empty: none
  std::vector<Branch> branches = {};          // the mapping with each word of that key
  std::vector<Condition> conditions = {};     // where several keys have such words, each by itself
};

}  // namespace oligosim

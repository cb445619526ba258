#include "engine/io/schema_json.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace oligosim {
namespace {

using Kind = Wanted::Kind;

constexpr std::size_t shortest_shared = 300;  // characters: less is not worth a name

/// Text of a user may look like a number or true: the program reads it as text all the same.
const Json any_text = {"string", "number", "boolean"};

Json limited(Json schema, const Range& range) {
  if (std::isfinite(range.minimum)) schema[range.minimum_included ? "minimum" : "exclusiveMinimum"] = range.minimum;
  if (std::isfinite(range.maximum)) schema[range.maximum_included ? "maximum" : "exclusiveMaximum"] = range.maximum;
  return schema;
}

Json words(const std::vector<std::string>& accepted) {
  Json list = Json::array();
  for (const std::string& word : accepted) {
    if (const auto number = read_number(word).value) list.push_back(static_cast<std::int64_t>(*number));
    list.push_back(word);
  }
  return {{"enum", list}};
}

Json of_answer(const Wanted& wanted) {
  switch (wanted.kind) {
    case Kind::number:
      return limited({{"type", "number"}}, wanted.range);
    case Kind::integer:
      return limited({{"type", "integer"}}, wanted.range);
    case Kind::flag:
      return {{"type", "boolean"}};
    case Kind::word:
      if (wanted.fixed) return words(wanted.words);
      [[fallthrough]];
    case Kind::text:
      return {{"type", any_text}};
    default:
      return Json::object();
  }
}

Json nullable(Json schema) {
  if (schema.contains("enum")) {
    schema["enum"].push_back(nullptr);
  } else if (schema.contains("type")) {
    if (schema["type"].is_string()) schema["type"] = Json::array({schema["type"]});
    schema["type"].push_back("null");
  }
  return schema;
}

class Writer {
 public:
  explicit Writer(const SchemaNotes& notes) : notes_(notes) {}

  Json mapping(const MappingShape& shape, const std::string& path) const {
    if (!shape.by.empty()) return branched(shape, path);
    Json schema = {{"type", "object"}};
    if (!shape.keys.empty()) schema["properties"] = properties(shape, path);
    if (Json list = required(shape); !list.empty()) {
      if (shape.may_be_empty)
        schema["if"] = {{"minProperties", 1}}, schema["then"] = {{"required", list}};
      else
        schema["required"] = list;
    }
    const std::string named = path + ".*";
    schema["additionalProperties"] = shape.any ? described(nullable_value(*shape.any, named), named) : Json(false);
    Json conditions = Json::array();
    for (const MappingShape::Condition& c : shape.conditions) conditions.push_back(condition(shape, c));
    if (!conditions.empty()) schema["allOf"] = conditions;
    return schema;
  }

 private:
  Json properties(const MappingShape& shape, const std::string& path) const {
    Json all = Json::object();
    for (const KeyShape& key : shape.keys) all[key.name] = property(key, path);
    return all;
  }

  Json property(const KeyShape& key, const std::string& path) const {
    const std::string own_path = key_path(path, key.name);
    return described(key.required ? value(key.value, own_path) : nullable_value(key.value, own_path), own_path);
  }

  Json described(const Json& value, const std::string& path) const {
    Json schema = Json::object();
    if (const std::string note = notes_(path); !note.empty()) schema["description"] = note;
    schema.update(value);
    return schema;
  }

  static Json required(const MappingShape& shape) {
    Json list = Json::array();
    for (const KeyShape& key : shape.keys)
      if (key.required) list.push_back(key.name);
    return list;
  }

  std::vector<Json> options(const ValueShape& shape, const std::string& path) const {
    std::vector<Json> all;
    const auto add = [&](Json option) {
      if (std::ranges::find(all, option) == all.end()) all.push_back(std::move(option));
    };
    if (shape.file) add({{"type", "string"}});
    for (const Wanted& answer : shape.answers) {
      add(of_answer(answer));
      if (answer.several) add({{"type", "array"}, {"items", of_answer(answer)}});
    }
    if (shape.mapping) add(mapping(*shape.mapping, path));
    if (shape.item) add({{"type", "array"}, {"items", mapping(*shape.item, path + "[]")}});
    if (shape.named) {
      const Json item = nullable(mapping(*shape.named, path + ".*"));
      add({{"type", "object"}, {"additionalProperties", described(item, path + ".*")}});
    }
    return all;
  }

  static Json any_of(const std::vector<Json>& options) {
    if (options.empty()) return Json::object();
    if (options.size() == 1) return options.front();
    return {{"anyOf", options}};
  }

  Json value(const ValueShape& shape, const std::string& path) const { return any_of(options(shape, path)); }

  Json nullable_value(const ValueShape& shape, const std::string& path) const {
    std::vector<Json> all = options(shape, path);
    if (all.size() == 1) return nullable(all.front());
    if (!all.empty()) all.push_back({{"type", "null"}});
    return any_of(all);
  }

  /// One mapping a word; without the word its keys are not judged.
  Json branched(const MappingShape& shape, const std::string& path) const {
    const KeyShape& by = *std::ranges::find(shape.keys, shape.by, &KeyShape::name);
    Json schema = {{"type", "object"}, {"properties", {{by.name, property(by, path)}}}};
    if (by.required) schema["required"] = {by.name};
    for (const MappingShape::Branch& branch : shape.branches) {
      Json is_word = {{"properties", {{by.name, words({branch.word})}}}};
      const bool standard = branch.word == by.standard;
      if (standard) is_word["properties"][by.name]["enum"].push_back(nullptr);
      if (!standard) is_word["required"] = {by.name};
      schema["allOf"].push_back({{"if", is_word}, {"then", mapping(*branch.mapping, path + "=" + branch.word)}});
    }
    return schema;
  }

  /// A key that stands only beside certain words of another.
  static Json condition(const MappingShape& shape, const MappingShape::Condition& c) {
    const KeyShape& on = *std::ranges::find(shape.keys, c.on, &KeyShape::name);
    Json other = {{"properties", {{c.on, {{"not", words(c.words)}}}}}};
    if (std::ranges::find(c.words, on.standard) != c.words.end()) other["required"] = {c.on};
    return {{"if", other}, {"then", {{"properties", {{c.key, false}}}}}};
  }

  const SchemaNotes& notes_;
};

/// A part of a schema without its description, which may differ from place to place.
Json bare(const Json& schema) {
  Json copy = schema;
  copy.erase("description");
  return copy;
}

bool is_part(const Json& node) {
  return node.is_object() && node.contains("type") && node.contains("additionalProperties");
}

class Sharing {
 public:
  explicit Sharing(Json& schema) {
    count(schema);
    for (auto& [key, part] : schema.items()) replace(part, key);
    for (auto& [name, part] : parts_) schema["$defs"][name] = part;
  }

 private:
  void count(const Json& node) {
    if (!node.is_structured()) return;
    if (is_part(node)) ++counts_[bare(node).dump()];
    for (const Json& part : node) count(part);
  }

  void replace(Json& node, const std::string& key) {
    if (!node.is_structured()) return;
    const std::string text = is_part(node) ? bare(node).dump() : "";
    const bool shared = text.size() >= shortest_shared && counts_[text] > 1;
    if (!shared) {
      for (auto& [name, part] : node.items()) replace(part, node.is_object() && !keyword(name) ? name : key);
      return;
    }
    if (!names_.contains(text)) {
      const std::string name = unused(key);
      names_[text] = name;
      Json part = bare(node);
      for (auto& [inner, below] : part.items()) replace(below, keyword(inner) ? key : inner);
      parts_.emplace_back(name, part);
    }
    Json reference = Json::object();
    if (node.contains("description")) reference["description"] = node["description"];
    reference["$ref"] = "#/$defs/" + names_[text];
    node = reference;
  }

  static bool keyword(const std::string& name) {
    for (const char* word : {"properties", "items", "anyOf", "allOf", "if", "then", "additionalProperties"})
      if (name == word) return true;
    return false;
  }

  std::string unused(const std::string& key) {
    const int known = ++used_[key];
    return known == 1 ? key : key + "_" + std::to_string(known);
  }

  std::map<std::string, int> counts_, used_;
  std::map<std::string, std::string> names_;
  std::vector<std::pair<std::string, Json>> parts_;
};

/// What may follow a key in a path.
std::string deeper(const std::string& pattern) { return pattern.empty() ? "" : "(\\.(" + pattern + "))?"; }

}  // namespace

std::string key_path(const std::string& mapping, const std::string& key) {
  return mapping.empty() ? key : mapping + "." + key;
}

Json json_schema(const MappingShape& shape, const SchemaNotes& notes, const std::string& path) {
  return Writer(notes).mapping(shape, path);
}

std::string path_pattern(const MappingShape& shape) {
  const auto below = [](const ValueShape& value) {
    std::string inner;
    if (value.mapping) inner = path_pattern(*value.mapping);
    if (value.named) inner += (inner.empty() ? "" : "|") + std::string("[^.]+") + deeper(path_pattern(*value.named));
    return deeper(inner);
  };
  std::string pattern;
  const auto add = [&](const std::string& path) { pattern += (pattern.empty() ? "" : "|") + path; };
  for (const KeyShape& key : shape.keys) add(key.name + below(key.value));
  if (shape.any) add("[^.]+" + below(*shape.any));
  return pattern;
}

void share_parts(Json& schema) { Sharing sharing(schema); }

}  // namespace oligosim

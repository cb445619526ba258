#include "engine/io/schema_reference.hpp"

#include <algorithm>
#include <cctype>

namespace oligosim {
namespace {

using Kind = Wanted::Kind;

std::string code(const std::string& text) { return "`" + text + "`"; }

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + code(word);
  return text;
}

/// "an arm"; "a level", where the name of its column is one that was tried.
std::string with_article(const std::string& what) {
  const bool vowel = std::string("aeiou").find(what.empty() ? 'x' : what[0]) != std::string::npos;
  return (vowel ? "an " : "a ") + what.substr(0, what.find(" of any_"));
}

/// In the words of the messages.
std::string accepted(const Wanted& wanted) {
  switch (wanted.kind) {
    case Kind::number:
      return wanted.range.text("number");
    case Kind::integer:
      return wanted.range.text("whole number");
    case Kind::flag:
      return "`true`, `false`";
    case Kind::word:
      return wanted.fixed ? listed(wanted.words) : "name of " + with_article(wanted.what);
    case Kind::text:
      return "text";
    default:
      return "";
  }
}

/// "plan.analyses[]=cox.bootstrap" as "analyses[].bootstrap": what a reader of the file sees.
std::string written(const std::string& path) {
  std::string text;
  bool word = false;
  for (std::size_t i = std::min(path.find_first_of(".="), path.size()); i < path.size(); ++i) {
    word = path[i] == '=' || (word && path[i] != '.');
    if (word) continue;
    if (path[i] == '*')
      text += "NAME";
    else if (path[i] != '.' || !text.empty())
      text += path[i];
  }
  return text;
}

std::string anchor_of(const std::string& path) {
  std::string anchor;
  for (const char c : path) {
    if (c == '*') anchor += "name";
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') anchor += c;
    if ((c == '.' || c == '=') && !anchor.empty()) anchor += '-';
  }
  return anchor;
}

bool has_key(const MappingShape& shape, const std::string& name) {
  return std::ranges::find(shape.keys, name, &KeyShape::name) != shape.keys.end();
}

/// Whether a key is one of the names that users choose, which was tried: all that stands under any name stands there.
bool is_a_name(const MappingShape& shape, const KeyShape& key) {
  if (!shape.any) return false;
  const auto named = shape.any->mapping, own = key.value.mapping;
  if (!named || !own) return !named && !own && shape.any->answers == key.value.answers;
  return std::ranges::all_of(named->keys, [&](const KeyShape& k) { return has_key(*own, k.name); });
}

std::vector<const KeyShape*> own_keys(const MappingShape& shape) {
  std::vector<const KeyShape*> keys;
  for (const KeyShape& key : shape.keys)
    if (!is_a_name(shape, key)) keys.push_back(&key);
  return keys;
}

/// The default is then a name of the document that was tried.
bool names_something(const ValueShape& value) {
  return std::ranges::any_of(value.answers, [](const Wanted& w) { return w.kind == Kind::word && !w.fixed; });
}

std::string condition(const MappingShape& shape, const std::string& key) {
  for (const MappingShape::Condition& c : shape.conditions)
    if (c.key == key) return " Only where " + code(c.on) + " is " + listed(c.words) + ".";
  return "";
}

}  // namespace

std::string SchemaReference::identity(const MappingShape& shape, const std::string& path) const {
  return json_schema(shape, notes_, path).dump();
}

void SchemaReference::elsewhere(const MappingShape& shape, const std::string& path, const std::string& anchor) {
  anchors_[identity(shape, path)] = anchor;
  titles_[anchor] = anchor;
}

std::string SchemaReference::document(const MappingShape& shape, const std::string& path) {
  return block({&shape, path, ""});
}

std::string SchemaReference::title(const std::string& path) {
  const std::string text = written(path);
  if (used_.insert(path.substr(0, path.find_first_of(".=")) + " " + text).second) return code(text);
  const std::size_t word = path.rfind('=');
  return code(text) + " of " + code(path.substr(word + 1, path.find('.', word) - word - 1));
}

std::string SchemaReference::block(const Block& block) {
  std::string text;
  if (!block.anchor.empty()) text = "<a id=\"" + block.anchor + "\"></a>\n### " + titles_[block.anchor] + "\n";
  Blocks below;
  if (block.shape->by.empty()) {
    text += "\n" + table(*block.shape, block.path, own_keys(*block.shape), below) + "\n";
  } else {
    text += "\n" + branches(block, below);
  }
  for (const Block& next : below) text += this->block(next);
  return text;
}

/// The keys that all words have in common, then those of each.
std::string SchemaReference::branches(const Block& block, Blocks& below) {
  const MappingShape& shape = *block.shape;
  const auto same = [&](const KeyShape& key, const MappingShape::Branch& branch) {
    if (!has_key(*branch.mapping, key.name)) return false;
    const KeyShape& other = branch.mapping->find(key.name);
    const auto alone = [&](const KeyShape& k) {
      MappingShape only;
      only.keys = {k};
      return identity(only, block.path) + k.standard;
    };
    return alone(key) == alone(other);
  };
  std::vector<const KeyShape*> common{&shape.find(shape.by)};
  for (const KeyShape& key : shape.branches.front().mapping->keys)
    if (key.name != shape.by &&
        std::ranges::all_of(shape.branches, [&](const auto& branch) { return same(key, branch); }))
      common.push_back(&key);
  std::string text = table(shape, block.path, common, below) + "\n", bare;
  for (const MappingShape::Branch& branch : shape.branches) {
    std::vector<const KeyShape*> own = own_keys(*branch.mapping);
    std::erase_if(own, [&](const KeyShape* key) {
      return std::ranges::any_of(common, [&](const KeyShape* c) { return c->name == key->name; });
    });
    if (own.empty() && !branch.mapping->any) {
      bare += (bare.empty() ? "" : ", ") + code(branch.word);
      continue;
    }
    const std::string path = block.path + "=" + branch.word;
    text += "<a id=\"" + anchor_of(path) + "\"></a>\n#### " + code(shape.by + ": " + branch.word) + "\n\n" +
            table(*branch.mapping, path, own, below) + "\n";
  }
  if (!bare.empty()) text += "Without further keys: " + bare + ".\n\n";
  return text;
}

std::string SchemaReference::table(const MappingShape& shape, const std::string& path,
                                   const std::vector<const KeyShape*>& keys, Blocks& below) {
  const bool units =
      std::ranges::any_of(keys, [&](const KeyShape* key) { return !units_(key_path(path, key->name)).empty(); });
  std::string text = units ? "| key | values | unit | default | meaning |\n|---|---|---|---|---|\n"
                           : "| key | values | default | meaning |\n|---|---|---|---|\n";
  for (const KeyShape* key : keys) text += row(shape, *key, path, units, below);
  if (shape.any && shape.by.empty()) {
    const std::string own = path + ".*";
    text += "| a name | " + values(*shape.any, own, below) + " | " + (units ? "| " : "") + "| " + notes_(own) + " |\n";
  }
  return text;
}

std::string SchemaReference::row(const MappingShape& shape, const KeyShape& key, const std::string& path, bool units,
                                 Blocks& below) {
  const std::string own = key_path(path, key.name);
  std::string text = "| " + code(key.name) + " | " + values(key.value, own, below) + " | ";
  if (units) text += units_(own) + " | ";
  text += key.required ? "required" : key.standard.empty() || names_something(key.value) ? "" : code(key.standard);
  return text + " | " + notes_(own) + condition(shape, key.name) + " |\n";
}

std::string SchemaReference::values(const ValueShape& value, const std::string& path, Blocks& below) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& text) {
    if (!text.empty() && std::ranges::find(all, text) == all.end()) all.push_back(text);
  };
  if (value.file) add("name of a file");
  for (const Wanted& answer : value.answers) {
    const std::string text = accepted(answer);
    if (!text.empty()) add(text + (answer.several ? " (or a list)" : ""));
  }
  if (value.mapping) add(link(*value.mapping, path, below));
  if (value.item) add("list of " + link(*value.item, path + "[]", below));
  if (value.named) add(link(*value.named, path + ".*", below) + " by name");
  std::string text;
  for (const std::string& option : all) text += (text.empty() ? "" : "; ") + option;
  return text.empty() ? "as the meaning says" : text;
}

std::string SchemaReference::link(const MappingShape& shape, const std::string& path, Blocks& below) {
  std::string& anchor = anchors_[identity(shape, path)];
  if (anchor.empty()) {
    anchor = anchor_of(path);
    titles_[anchor] = title(path);
    below.push_back({&shape, path, anchor});
  }
  return "[" + titles_[anchor] + "](#" + anchor + ")";
}

}  // namespace oligosim

#include <algorithm>

#include "engine/io/utf8.hpp"
#include "engine/io/yaml.hpp"
#include "engine/io/yaml_scalar.hpp"

namespace oligosim {

namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t longest_flow = 90;
constexpr std::size_t longest_simple_key = 500;  // YAML allows 1024 characters, quotes and escapes included

std::string quoted_scalar(const std::string& text) { return "\"" + escaped(text, "\"\\") + "\""; }

std::string key_text(const std::string& key) { return may_stand_plain(key) && key != "<<" ? key : quoted_scalar(key); }

std::string scalar_text(const YamlNode& node) {
  if (node.kind == Kind::null) return node.scalar == "null" ? "null" : "~";
  return node.plain && may_stand_plain(node.scalar) ? node.scalar : quoted_scalar(node.scalar);
}

bool fits_flow(const YamlNode& node) {
  std::size_t length = 0;
  for (const YamlNode& item : node.items) {
    if (item.kind == Kind::sequence || item.kind == Kind::mapping) return false;
    if (item.kind == Kind::scalar && item.plain && !may_stand_plain_in_flow(item.scalar)) return false;
    length += scalar_text(item).size() + 2;
    if (length > longest_flow) return false;
  }
  return true;
}

std::string flow(const YamlNode& node) {
  std::string result = "[";
  for (const YamlNode& item : node.items) result += (result.size() > 1 ? ", " : "") + scalar_text(item);
  return result + "]";
}

bool stands_on_line(const YamlNode& node) {
  if (node.kind == Kind::mapping) return node.entries.empty();
  return node.kind != Kind::sequence || fits_flow(node);
}

std::string line_text(const YamlNode& node) {
  if (node.kind == Kind::mapping) return "{}";
  return node.kind == Kind::sequence ? flow(node) : scalar_text(node);
}

/// Appends a value whose first line is already indented by `indent`.
void write(const YamlNode& node, std::size_t indent, std::string& out);

void write_entry(const YamlNode::Entry& entry, std::size_t indent, std::string& out) {
  const std::string key = key_text(entry.key);
  const std::string margin(indent, ' ');
  out += key.size() > longest_simple_key ? "? " + key + "\n" + margin + ":" : key + ":";
  if (stands_on_line(entry.value)) {
    out += " " + line_text(entry.value) + "\n";
  } else {
    out += "\n" + margin + "  ";
    write(entry.value, indent + 2, out);
  }
}

void write(const YamlNode& node, std::size_t indent, std::string& out) {
  if (stands_on_line(node)) {
    out += line_text(node) + "\n";
    return;
  }
  bool first = true;
  const auto begin_line = [&] {
    if (!first) out.append(indent, ' ');
    first = false;
  };
  for (const YamlNode& item : node.items) {
    begin_line();
    out += "- ";
    write(item, indent + 2, out);
  }
  for (const YamlNode::Entry& entry : node.entries) {
    begin_line();
    write_entry(entry, indent, out);
  }
}

}  // namespace

std::string to_yaml(const YamlNode& node) {
  std::string out;
  write(node, 0, out);
  return out;
}

}  // namespace oligosim

#include "models/analysis/absent_columns.hpp"

#include "engine/io/words.hpp"

namespace oligosim {
namespace {

/// Keys whose values are not names of columns, endpoints or populations.
bool holds_no_names(const std::string& key) {
  static const std::set<std::string> keys = {"name", "method", "interval", "levels"};
  return keys.contains(key);
}

}  // namespace

AbsentColumns::AbsentColumns(ConfigNode& plan, const Columns& columns) {
  for (const std::string& name : plan.texts("optional_columns", std::vector<std::string>{}))
    if (!columns.find(name)) absent_.insert(name);
}

const std::string* AbsentColumns::absent_in(const YamlNode& node) const {
  for (const std::string& part : split(node.scalar, ':'))  // an interaction names its columns so
    if (const auto found = absent_.find(part); node.kind == YamlNode::Kind::scalar && found != absent_.end())
      return &*found;
  for (const YamlNode& item : node.items)
    if (const std::string* found = absent_in(item)) return found;
  for (const YamlNode::Entry& entry : node.entries) {
    if (const auto found = absent_.find(entry.key); found != absent_.end()) return &*found;
    if (holds_no_names(entry.key)) continue;
    if (const std::string* found = absent_in(entry.value)) return found;
  }
  return nullptr;
}

bool AbsentColumns::leaves_out(const std::string& section, const std::string& name, ConfigNode& entry) {
  if (absent_.empty()) return false;
  const std::string* const found = absent_in(entry.as_written());
  if (!found) return false;
  left_out_.push_back({section + "." + name, *found});
  absent_.insert(name);
  entry.keep();
  return true;
}

}  // namespace oligosim

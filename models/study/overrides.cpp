#include "models/study/overrides.hpp"

#include <algorithm>

#include "engine/io/words.hpp"

namespace oligosim {
namespace {

std::string last_key(const std::string& path) { return path.substr(path.rfind('.') + 1); }

std::string label(const YamlNode& value) { return value.kind == YamlNode::Kind::scalar ? value.scalar : "..."; }

/// How many scenarios the lists of one make, `limit` + 1 where it is more.
std::size_t crossings(const YamlNode& scenario, std::size_t limit) {
  std::size_t count = 1;
  for (const YamlNode::Entry& entry : scenario.entries)
    if (entry.value.kind == YamlNode::Kind::sequence) count = std::min(limit + 1, count * entry.value.items.size());
  return count;
}

/// Crosses the scenarios made so far with the values of one path.
std::vector<Override> crossed(const std::vector<Override>& so_far, const YamlNode::Entry& entry) {
  const bool grid = entry.value.kind == YamlNode::Kind::sequence;
  std::vector<Override> all;
  for (const Override& scenario : so_far) {
    if (!grid) {
      all.push_back(scenario);
      all.back().values.emplace_back(entry.key, entry.value);
      continue;
    }
    for (const YamlNode& value : entry.value.items) {
      all.push_back(scenario);
      all.back().values.emplace_back(entry.key, value);
      if (entry.value.items.size() > 1) all.back().name += " " + last_key(entry.key) + "=" + label(value);
    }
  }
  return all;
}

bool is_list_of_mappings(const YamlNode& node) {
  return node.kind == YamlNode::Kind::sequence && !node.items.empty() &&
         std::ranges::all_of(node.items, [](const YamlNode& i) { return i.kind == YamlNode::Kind::mapping; });
}

/// Whether an override gives a list of mappings, such as looks, where a list of such lists is meant.
bool lacks_brackets(const YamlNode& study, const YamlNode::Entry& entry) {
  if (!is_list_of_mappings(entry.value)) return false;
  const YamlNode* replaced = &study;
  for (const std::string& key : split(entry.key, '.'))
    if (replaced) replaced = replaced->find(key);
  return replaced && is_list_of_mappings(*replaced);
}

void put(YamlNode& node, const std::string& path, const YamlNode& value, const std::string& shown, Problems& problems) {
  if (node.kind == YamlNode::Kind::null) node.kind = YamlNode::Kind::mapping, node.place = value.place;
  if (node.kind != YamlNode::Kind::mapping) {
    problems.add(value.place, shown, "leads through something that is not a mapping");
    return;
  }
  const std::size_t dot = path.find('.');
  const std::string key = path.substr(0, dot);
  YamlNode* child = node.find(key);
  if (!child) {
    node.entries.push_back({key, value.place, {}});
    child = &node.entries.back().value;
  }
  if (dot == std::string::npos) {
    *child = value;
  } else {
    put(*child, path.substr(dot + 1), value, shown, problems);
  }
}

}  // namespace

std::vector<Override> expand_scenarios(const YamlNode& study, Problems& problems) {
  const YamlNode* scenarios = study.find("scenarios");
  if (!scenarios || scenarios->kind == YamlNode::Kind::null) return {{"base", {}}};
  if (scenarios->kind != YamlNode::Kind::mapping || scenarios->entries.empty()) {
    problems.add(scenarios->place, "scenarios", "is not a mapping of names to overrides");
    return {{"base", {}}};
  }
  std::vector<Override> all;
  for (const YamlNode::Entry& scenario : scenarios->entries) {
    std::vector<Override> expanded = {{scenario.key, {}}};
    if (scenario.key.empty()) problems.add(scenario.place, "scenarios", "the name of a scenario is empty");
    if (scenario.value.kind != YamlNode::Kind::mapping && scenario.value.kind != YamlNode::Kind::null)
      problems.add(scenario.value.place, "scenarios." + scenario.key, "is not a mapping of paths to values");
    if (all.size() + crossings(scenario.value, most_scenarios) > most_scenarios) {
      problems.add(scenario.value.place, "scenarios." + scenario.key,
                   "makes too many scenarios of its lists (at most " + std::to_string(most_scenarios) + " in all)");
      continue;
    }
    for (const YamlNode::Entry& entry : scenario.value.entries) {
      if (entry.value.kind == YamlNode::Kind::sequence && entry.value.items.empty())
        problems.add(entry.value.place, "scenarios." + scenario.key + "." + entry.key, "is an empty list");
      if (lacks_brackets(study, entry))
        problems.add(entry.value.place, "scenarios." + scenario.key + "." + entry.key,
                     "would make a scenario of each of its items (one value that is a list: [[...]])");
      else
        expanded = crossed(expanded, entry);
    }
    all.insert(all.end(), expanded.begin(), expanded.end());
  }
  if (all.empty()) all.push_back({"base", {}});  // those refused
  return all;
}

YamlNode with_overrides(YamlNode study, const Override& scenario, Problems& problems) {
  for (const auto& [path, value] : scenario.values) {
    const std::string shown = "scenarios." + scenario.name + "." + path;
    const std::string arm = path.rfind("arms.", 0) == 0 ? path.substr(5, path.find('.', 5) - 5) : "";
    const YamlNode* arms = study.find("arms");
    if (!arm.empty() && arms && !arms->find(arm)) {
      problems.add(value.place, shown, "there is no arm '" + arm + "'");
    } else {
      put(study, path, value, shown, problems);
    }
  }
  return study;
}

}  // namespace oligosim

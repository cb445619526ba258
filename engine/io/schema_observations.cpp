#include "engine/io/schema_observations.hpp"

#include <algorithm>

namespace oligosim {
namespace {

using State = ConfigNode::State;
using Kind = Wanted::Kind;

std::string fact_of(const Wanted& wanted) {
  std::string text = std::to_string(static_cast<int>(wanted.kind)) + (wanted.several ? "s" : "") + wanted.range.text();
  if (wanted.fixed)
    for (const std::string& word : wanted.words) text += "," + word;
  return text;
}

bool required(const State::Asked& asked) {
  return !asked.wanted.empty() && std::ranges::any_of(asked.wanted, [](const Wanted& w) { return w.required; });
}

}  // namespace

std::string resolved_word(const State& state, const std::string& key) {
  const auto found = state.asked_index.find(key);
  if (found == state.asked_index.end()) return "";
  const State::Asked& asked = state.asked[found->second];
  const bool word = std::ranges::any_of(asked.wanted, [](const Wanted& w) { return w.fixed && !w.several; });
  return word && asked.shape == State::Asked::Shape::value ? asked.value.scalar : "";
}

std::string Observations::name_of(const Observation& at) const {
  std::string name = at.path;
  const auto deciding = deciding_.find(at.path);
  if (deciding == deciding_.end()) return name;
  for (const std::string& key : deciding->second) name += "{" + key + "=" + resolved_word(*at.state, key) + "}";
  return name;
}

std::string Observations::path_of_part(const std::string& path, const Asked& asked) const {
  const bool of_section = path.starts_with('.') && sections_.contains(path.substr(1));
  std::string part = (of_section ? "" : path) + "." + (is_name(asked) ? "*" : asked.key);
  if (asked.shape == Asked::Shape::list) part += "[]";
  if (asked.shape == Asked::Shape::named) part += ".*";
  return part;
}

std::vector<Observation> Observations::of(const ConfigNode& document) const {
  std::vector<Observation> all = {{&document.state(), {}, ""}};
  for (std::size_t k = 0; k < all.size(); ++k) {
    const Observation at = all[k];
    for (const Asked& asked : at.state->asked)
      for (std::size_t p = 0; p < asked.parts.size(); ++p) {
        if (asked.parts[p]->muted) continue;
        Observation part = {asked.parts[p], at.steps, path_of_part(at.path, asked)};
        part.steps.push_back(asked.key);
        if (asked.shape == Asked::Shape::list) part.steps.push_back("[" + std::to_string(p) + "]");
        if (asked.shape == Asked::Shape::named) part.steps.push_back(asked.names[p]);
        all.push_back(std::move(part));
      }
  }
  return all;
}

std::set<YamlSteps> Observations::add(const ConfigNode& document) {
  std::set<YamlSteps> fresh;
  bool other_layout = false;
  for (const Observation& at : of(document)) {
    std::set<std::string> layout;
    const std::string tagged = name_of(at);
    if (facts_.insert(tagged).second) fresh.insert(at.steps);
    for (const State::Asked& asked : at.state->asked) {
      const std::string key = tagged + "\n" + (is_name(asked) ? "*" : asked.key) + "\n";
      bool is_new = facts_.insert(key).second;
      for (const Wanted& wanted : asked.wanted) is_new |= facts_.insert(key + fact_of(wanted)).second;
      if (is_new) fresh.insert(at.steps);
      if (!asked.wanted.empty()) known_.insert(tagged + "\n" + asked.key);
      layout.insert(key + (required(asked) ? "!" : "") + (asked.given ? "" : to_yaml(asked.value)));
    }
    std::string text = tagged;
    for (const std::string& key : layout) text += "\n" + key;
    other_layout |= layouts_.insert(text).second;
  }
  if (other_layout || !fresh.empty()) documents_.push_back(document);
  return fresh;
}

}  // namespace oligosim

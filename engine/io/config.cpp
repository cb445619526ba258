#include "engine/io/config.hpp"

#include "engine/io/config_state.hpp"

namespace oligosim {

using Kind = YamlNode::Kind;
using Shape = ConfigNode::State::Asked::Shape;

ConfigNode::ConfigNode(const YamlNode& root, Problems& problems) {
  const auto document = std::make_shared<State::Document>(problems);
  // Where the text could not be read at all, that is said already; every required key would only repeat it.
  const bool unread = root.kind == Kind::null && problems.concern(root.place);
  const YamlNode* const value = root.kind == Kind::null ? nullptr : &root;
  state_ = std::shared_ptr<State>(document, &State::make(*document, value, root.place, "", unread));
  if (problems.listened()) problems.listened()->push_back(*this);
}

bool ConfigNode::has(const std::string& key) const { return state_->value(key) != nullptr; }

YamlNode::Kind ConfigNode::kind(const std::string& key) const {
  const YamlNode* const value = state_->value(key);
  return value ? value->kind : Kind::null;
}

const Place& ConfigNode::place() const { return state_->place; }
const Place& ConfigNode::place(const std::string& key) const { return state_->place_of(key); }
const std::string& ConfigNode::path() const { return state_->path; }

ConfigNode ConfigNode::child(const std::string& key, bool required) {
  state_->note(key, {.kind = Wanted::Kind::mapping, .required = required});
  State::Asked& asked = state_->ask(key);
  if (asked.shape != Shape::mapping) {
    const YamlNode* const value = state_->wanted(key, "a mapping", !required);
    asked.shape = Shape::mapping;
    asked.parts = {&state_->part(value, state_->place_of(key), state_->path_of(key))};
  }
  return ConfigNode(std::shared_ptr<State>(state_, asked.parts.front()));
}

std::vector<ConfigNode> ConfigNode::children(const std::string& key, bool required) {
  state_->note(key, {.kind = Wanted::Kind::list, .required = required});
  State::Asked& asked = state_->ask(key);
  if (asked.shape != Shape::list) {
    asked.parts.clear();
    const YamlNode* const value = state_->wanted(key, "a list of mappings", !required);
    if (value && value->kind == Kind::sequence) {
      asked.shape = Shape::list;
      for (std::size_t i = 0; i < value->items.size(); ++i) {
        const YamlNode& item = value->items[i];
        const std::string item_path = state_->path_of(key) + "[" + std::to_string(i) + "]";
        asked.parts.push_back(&state_->part(&item, item.place, item_path));
      }
    } else if (value) {
      state_->report(value->place, state_->path_of(key), "a list of mappings is wanted, not " + described(*value));
    }
  }
  std::vector<ConfigNode> result;
  for (State* part : asked.parts) result.push_back(ConfigNode(std::shared_ptr<State>(state_, part)));
  return result;
}

std::vector<std::pair<std::string, ConfigNode>> ConfigNode::named_children(const std::string& key, bool required) {
  state_->note(key, {.kind = Wanted::Kind::named, .required = required});
  State::Asked& asked = state_->ask(key);
  if (asked.shape != Shape::named) {
    asked.parts.clear();
    asked.names.clear();
    const YamlNode* const value = state_->wanted(key, "a mapping", !required);
    if (value && value->kind == Kind::mapping) {
      asked.shape = Shape::named;
      for (const YamlNode::Entry& entry : value->entries) {
        const YamlNode* const content = entry.value.kind == Kind::null ? nullptr : &entry.value;
        asked.names.push_back(entry.key);
        asked.parts.push_back(&state_->part(content, entry.value.place, state_->path_of(key) + "." + cut(entry.key)));
      }
    } else if (value) {
      state_->report(value->place, state_->path_of(key), "a mapping is wanted, not " + described(*value));
    }
  }
  std::vector<std::pair<std::string, ConfigNode>> result;
  for (std::size_t i = 0; i < asked.parts.size(); ++i)
    result.emplace_back(asked.names[i], ConfigNode(std::shared_ptr<State>(state_, asked.parts[i])));
  return result;
}

std::vector<std::string> ConfigNode::keys() const {
  std::vector<std::string> result;
  if (state_->node)
    for (const YamlNode::Entry& entry : state_->node->entries) result.push_back(entry.key);
  return result;
}

const YamlNode& ConfigNode::raw(const std::string& key) {
  state_->note(key, {.kind = Wanted::Kind::anything});
  state_->ask(key);
  const YamlNode* const value = state_->value(key);
  if (!value) return null_node();
  state_->record(key, *value);
  return *value;
}

const YamlNode& ConfigNode::as_written() const { return state_->node ? *state_->node : null_node(); }

void ConfigNode::keep() {
  for (const std::string& key : keys()) raw(key);
}

void ConfigNode::accept(const std::string& key) { state_->ask(key); }
void ConfigNode::accept_name(const std::string& name) { state_->ask(name).is_name = true; }

void ConfigNode::problem(const std::string& key, const std::string& message) const {
  const bool here = key.empty();
  state_->report(here ? state_->place : state_->place_of(key), here ? state_->path : state_->path_of(key), message);
}

void ConfigNode::finish() const {
  if (!state_->node) return;
  std::vector<std::string> accepted;
  for (const State::Asked& asked : state_->asked) accepted.push_back(asked.key);
  std::string list;
  for (const std::string& key : accepted) list += (list.empty() ? "accepted: " : ", ") + key;
  if (list.empty()) list = "none is accepted here";
  for (const YamlNode::Entry& entry : state_->node->entries) {
    if (state_->asked_index.contains(entry.key)) continue;
    const std::string near = nearest(entry.key, accepted);
    const std::string hint = near.empty() ? "" : "; did you mean " + near + "?";
    state_->report(entry.place, state_->path_of(entry.key), "unknown key (" + list + hint + ")");
  }
}

YamlNode ConfigNode::resolved() const { return state_->document->states.front().tree(); }

}  // namespace oligosim

#include "engine/io/config_state.hpp"

#include <algorithm>

namespace oligosim {

using Kind = YamlNode::Kind;
using State = ConfigNode::State;

std::string described(const YamlNode& node) {
  switch (node.kind) {
    case Kind::null:
      return "an empty value";
    case Kind::scalar:
      return node.plain ? quoted(node.scalar) : "text in quotes";
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
  }
  return "";
}

const YamlNode& null_node() {
  static const YamlNode node;
  return node;
}

State& State::make(Document& document, const YamlNode* value, const Place& place, const std::string& path, bool muted) {
  State& state = document.states.emplace_back();
  state.document = &document;
  state.place = place;
  state.path = path;
  state.muted = muted;
  if (!value) return state;
  if (value->kind == Kind::mapping) {
    state.node = value;
    for (const YamlNode::Entry& entry : value->entries) state.entries.emplace(entry.key, &entry);
  } else {
    state.report(value->place, path, "a mapping is wanted, not " + described(*value));
    state.muted = true;
  }
  return state;
}

const YamlNode* State::find(const std::string& key) const {
  const auto found = entries.find(key);
  return found == entries.end() ? nullptr : &found->second->value;
}

const YamlNode* State::value(const std::string& key) const {
  const YamlNode* const found = find(key);
  return found && found->kind != Kind::null ? found : nullptr;
}

const Place& State::place_of(const std::string& key) const {
  const YamlNode* const found = find(key);
  return found ? found->place : place;
}

std::string State::path_of(const std::string& key) const { return path.empty() ? cut(key) : path + "." + cut(key); }

void State::report(const Place& where, const std::string& where_path, const std::string& message) const {
  if (!muted) document->problems.add(where, where_path, message);
}

State::Asked& State::ask(const std::string& key) {
  const auto [found, is_new] = asked_index.emplace(key, asked.size());
  if (is_new) {
    asked.push_back({.key = key});
    if (document->listened) asked.back().given = value(key) != nullptr;
  }
  return asked[found->second];
}

void State::note(const std::string& key, const Wanted& wanted) {
  if (!document->listened) return;
  std::vector<Wanted>& noted = ask(key).wanted;
  if (std::ranges::find(noted, wanted) == noted.end()) noted.push_back(wanted);
}

const YamlNode* State::wanted(const std::string& key, const std::string& accepted, bool optional) {
  ask(key);
  const YamlNode* const found = value(key);
  if (!found && !optional) report(place_of(key), path_of(key), "missing (" + accepted + ")");
  return found;
}

void State::record(const std::string& key, YamlNode value) {
  Asked& entry = ask(key);
  entry.shape = Asked::Shape::value;
  entry.value = std::move(value);
}

State& State::part(const YamlNode* value, const Place& where, const std::string& where_path) {
  return make(*document, value, where, where_path, muted);
}

YamlNode State::tree() const {
  YamlNode result = YamlNode::of(Kind::mapping);
  const auto add = [&](const std::string& key, YamlNode value) {
    result.entries.push_back({key, {}, std::move(value)});
  };
  for (const Asked& entry : asked) {
    switch (entry.shape) {
      case Asked::Shape::nothing:
        break;
      case Asked::Shape::value:
        add(entry.key, entry.value);
        break;
      case Asked::Shape::mapping:
        // An absent mapping of which nothing was asked stays absent.
        if (YamlNode part = entry.parts.front()->tree(); entry.parts.front()->node || !part.entries.empty())
          add(entry.key, std::move(part));
        break;
      case Asked::Shape::list: {
        YamlNode list = YamlNode::of(Kind::sequence);
        for (const State* part : entry.parts) list.items.push_back(part->tree());
        add(entry.key, std::move(list));
        break;
      }
      case Asked::Shape::named: {
        YamlNode mapping = YamlNode::of(Kind::mapping);
        for (std::size_t i = 0; i < entry.parts.size(); ++i)
          mapping.entries.push_back({entry.names[i], {}, entry.parts[i]->tree()});
        add(entry.key, std::move(mapping));
        break;
      }
    }
  }
  return result;
}

}  // namespace oligosim

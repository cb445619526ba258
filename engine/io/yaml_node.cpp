#include <utility>

#include "engine/io/yaml.hpp"

namespace oligosim {

YamlNode YamlNode::of(Kind kind, const Place& place) {
  YamlNode node;
  node.kind = kind;
  node.place = place;
  return node;
}

const YamlNode* YamlNode::find(const std::string& key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

YamlNode* YamlNode::find(const std::string& key) { return const_cast<YamlNode*>(std::as_const(*this).find(key)); }

}  // namespace oligosim

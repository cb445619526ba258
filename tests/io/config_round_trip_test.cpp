#include <gtest/gtest.h>

#include <random>

#include "engine/io/config.hpp"
#include "tests/io/support.hpp"

namespace oligosim {
namespace {

using Kind = YamlNode::Kind;

/// Reads with random questions, the same for the same seed, whatever the document says.
void ask(ConfigNode& node, std::mt19937& random, int depth) {
  const auto chance = [&](unsigned n) { return random() % n == 0; };
  for (const char* key : {"a", "b", "null", "x y", "2", "c"}) {
    const Range range = Range::between(-1e6, 1e6);
    const bool given = node.has(key);
    switch (random() % (depth > 0 ? 10 : 6)) {
      case 0:
        node.number(key, range, static_cast<double>(random() % 1000) / 7);
        break;
      case 1:
        node.integer(key, range, static_cast<std::int64_t>(random() % 1000));
        break;
      case 2:
        node.flag(key, chance(2));
        break;
      case 3:
        node.text(key, chance(2) ? "1e5" : "a: b");
        break;
      case 4:
        node.numbers(key, range, std::vector<double>{0.1, 1e-9});
        break;
      case 5:
        node.texts(key, std::vector<std::string>{"null", "x", "- y", "007"});
        break;
      case 6:
        if (!given || node.kind(key) == Kind::sequence)
          for (ConfigNode& child : node.children(key, false)) {
            std::mt19937 same(11);
            ask(child, same, depth - 1);
          }
        break;
      case 7:
        for (auto& [name, child] : node.named_children(key, false)) {
          std::mt19937 same(12);
          ask(child, same, depth - 1);
        }
        break;
      default: {
        ConfigNode child = node.child(key, false);
        ask(child, random, depth - 1);
      }
    }
  }
}

YamlNode random_value(std::mt19937& random, int depth) {
  static const char* const scalars[] = {"1", "-2.50", "1e3", "true", "false", "text", "'1'", "'a: b'", "~", "0.1"};
  Problems problems;
  const auto kind = random() % (depth > 0 ? 9 : 5);
  if (kind < 5) return parse_yaml(scalars[random() % 10], "x", problems);
  YamlNode node = YamlNode::of(kind < 6 ? Kind::sequence : Kind::mapping);
  if (kind < 6)
    for (std::size_t n = random() % 4; n > 0; --n) node.items.push_back(random_value(random, depth - 1));
  else
    for (const char* key : {"c", "2", "null", "a", "x y", "b"})
      if (random() % 2) node.entries.push_back({key, {}, random_value(random, depth - 1)});
  return node;
}

TEST(Config, property_the_resolved_document_resolves_to_itself) {
  std::mt19937 random(4);
  int without_mistakes = 0;
  for (unsigned i = 0; i < 10'000; ++i) {
    YamlNode tree = YamlNode::of(Kind::mapping);
    for (const char* key : {"b", "a", "c"})
      if (random() % 3 == 0) tree.entries.push_back({key, {}, random_value(random, 2)});
    Problems problems;
    ConfigNode first(tree, problems);
    std::mt19937 questions(i);
    ask(first, questions, 3);
    if (!problems.empty()) continue;
    if (!tree.entries.empty()) ++without_mistakes;
    const YamlNode resolved = first.resolved();
    const YamlNode read = parse_yaml(to_yaml(resolved), "resolved.yaml", problems);
    ASSERT_EQ(dump(read), dump(resolved));
    ConfigNode second(read, problems);
    std::mt19937 same_questions(i);
    ask(second, same_questions, 3);
    second.finish();
    ASSERT_EQ(problems.text(), "") << to_yaml(tree) << "---\n" << to_yaml(resolved);
    ASSERT_EQ(dump(second.resolved()), dump(resolved)) << to_yaml(tree) << "---\n" << to_yaml(resolved);
  }
  EXPECT_GT(without_mistakes, 1000);
}

}  // namespace
}  // namespace oligosim

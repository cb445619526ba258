#include <gtest/gtest.h>

#include <random>

#include "engine/io/yaml.hpp"
#include "tests/io/support.hpp"

namespace oligosim {
namespace {

using Kind = YamlNode::Kind;

TEST(ToYaml, reference_writes_block_style_with_short_lists_in_brackets) {
  const std::string text =
      "study: SBRT added to systemic therapy\n"
      "seed: 20250611\n"
      "visits: [1, 4, 7.5, \"9\", ~, null]\n"
      "empty: {}\n"
      "none: []\n"
      "looks:\n"
      "  - at_events: 70\n"
      "    of: pfs\n"
      "  - {}\n"
      "  -\n"
      "    - [a]\n"
      "scenarios:\n"
      "  \"null\": {}\n"
      "  target:\n"
      "    arms.x: \"true\"\n";
  std::string expected = text;
  expected.replace(expected.find("  -\n    - [a]\n"), 14, "  - [[a]]\n");
  EXPECT_EQ(to_yaml(parsed(text)), expected.replace(expected.find("  - [[a]]\n"), 10, "  - - [a]\n"));
}

YamlNode random_tree(std::mt19937& random, int depth) {
  YamlNode node;
  const auto kind = random() % (depth > 0 ? 8 : 4);
  if (kind == 0) {
    node.scalar = random() % 2 ? "null" : "";
  } else if (kind < 4) {
    node.kind = Kind::scalar;
    node.scalar = random_text(random);
    node.plain = false;
  } else if (kind < 6) {
    node.kind = Kind::sequence;
    for (std::size_t n = random() % 5; n > 0; --n) node.items.push_back(random_tree(random, depth - 1));
  } else {
    node.kind = Kind::mapping;
    for (std::size_t n = random() % 5; n > 0; --n) {
      const std::string key = random_text(random);
      if (!node.find(key)) node.entries.push_back({key, {}, random_tree(random, depth - 1)});
    }
  }
  return node;
}

TEST(ToYaml, property_random_trees_read_back_the_same) {
  std::mt19937 random(20250611);
  for (int i = 0; i < 20'000; ++i) {
    const YamlNode tree = random_tree(random, 5);
    const std::string text = to_yaml(tree);
    Problems problems;
    ASSERT_EQ(dump(parse_yaml(text, "x.yaml", problems)), dump(tree)) << text << problems.text();
    ASSERT_EQ(problems.text(), "") << text;
  }
}

TEST(ToYaml, property_documents_that_can_be_read_are_written_and_read_back_the_same) {
  // Plain scalars come from text here: whatever the parser accepts as plain must survive.
  std::mt19937 random(1);
  int accepted = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text;
    for (std::size_t n = 1 + random() % 4; n > 0; --n)
      text += std::string(random() % 3, ' ') + (random() % 3 ? "k" + std::to_string(n) + ": " : "") +
              random_text(random) + "\n";
    Problems problems;
    const YamlNode tree = parse_yaml(text, "x.yaml", problems);
    if (!problems.empty()) continue;
    ++accepted;
    const std::string written = to_yaml(tree);
    ASSERT_EQ(dump(parse_yaml(written, "x.yaml", problems)), dump(tree)) << text << "---\n" << written;
    ASSERT_EQ(problems.text(), "") << text << "---\n" << written;
  }
  EXPECT_GT(accepted, 10'000);
}

}  // namespace
}  // namespace oligosim

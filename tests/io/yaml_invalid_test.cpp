#include <gtest/gtest.h>

#include <sstream>

#include "engine/io/yaml.hpp"
#include "tests/io/support.hpp"

namespace oligosim {
namespace {

struct Bad {
  std::string text;
  std::string message;
};

class BadYaml : public testing::TestWithParam<Bad> {};

TEST_P(BadYaml, reference_is_refused_with_its_place) { EXPECT_EQ(problems_of(GetParam().text), GetParam().message); }

using std::string_literals::operator""s;

const Bad bad_yaml[] = {
    {"a: 1\nb: 2\na: 3\n", "x.yaml:3:1: a: repeated key (first on line 1)\n"},
    {"s:\n  t: {x: 1, x: 2}\n", "x.yaml:2:13: s.t.x: repeated key (first on line 2)\n"},
    {"a: 1\n'a': 3\n\"\\x61\": 4\n",
     "x.yaml:2:1: a: repeated key (first on line 1)\nx.yaml:3:1: a: repeated key (first on line 1)\n"},
    {"- {a: 1}\n- {b: 1, b: 2}\n", "x.yaml:2:10: [1].b: repeated key (first on line 2)\n"},
    {"a: 1\n---\nb: 2\n", "x.yaml:2:1: more content after the end of the document (one document is accepted)\n"},
    {"a: 1\n...\nb: 2\n", "x.yaml:3:1: more content after the end of the document (one document is accepted)\n"},
    {"a: 1\n---\n", "x.yaml:2:1: more content after the end of the document (one document is accepted)\n"},
    {"'abc' def\n", "x.yaml:1:7: more content after the end of the document (one document is accepted)\n"},
    {"- a\nb: c\n", "x.yaml:2:1: more content after the end of the document (one document is accepted)\n"},
    {"a: !!float 1\n", "x.yaml:1:4: a: tags (!) are not accepted\n"},
    {"a: ! 1\n", "x.yaml:1:4: a: tags (!) are not accepted\n"},
    {"a: &x ! 'y'\n", "x.yaml:1:4: a: tags (!) are not accepted\n"},
    {"a: !!null\n", "x.yaml:1:4: a: tags (!) are not accepted\n"},
    {"a: !set {b: 1}\n", "x.yaml:1:4: a: tags (!) are not accepted\n"},
    {"a: [1, !<y> [2]]\n", "x.yaml:1:8: a[1]: tags (!) are not accepted\n"},
    {"base: &b {x: 1}\nc:\n  <<: *b\n  y: 2\n", "x.yaml:3:3: c: merge keys (<<) are not accepted\n"},
    {"a: &x [1, *x]\n", "x.yaml:1:11: a[1]: an alias inside the value that it stands for\n"},
    {"a: &x\n  b: {c: *x}\n", "x.yaml:2:10: a.b.c: an alias inside the value that it stands for\n"},
    {"a: *nowhere\n", "x.yaml:1:4: not valid YAML: the referenced anchor is not defined\n"},
    {"? [a]\n: 1\nb: 2\n", "x.yaml:1:3: a key must be a single text, not a list or a mapping\n"},
    {"m: {{a: 1}: 2}\n", "x.yaml:1:5: m: a key must be a single text, not a list or a mapping\n"},
    {"a: {: 1}\n", "x.yaml:1:5: a: a key is missing before the colon\n"},
    {"a: 1\nseed\n", "x.yaml:2:1: seed: a colon is missing after the key\n"},
    {"a: 1\nb: 'open\nc: 2\n", "x.yaml:2:4: b: the quote that opens here is never closed\n"},
    {"b: \"open\\\"\n", "x.yaml:1:4: b: the quote that opens here is never closed\n"},
    {"b: 'it''s\n", "x.yaml:1:4: b: the quote that opens here is never closed\n"},
    {"a: [1, 2\nb: 3\n", "x.yaml:2:2: not valid YAML: end of sequence flow not found\n"},
    {"a: ]\n", "x.yaml:1:4: not valid YAML: illegal flow end\n"},
    {"a: b: c\n", "x.yaml:1:5: not valid YAML: illegal map value\n"},
    {"a: @b\n", "x.yaml:1:4: not valid YAML: unknown token\n"},
    {"a:\n\tb: 1\n", "x.yaml:2:3: not valid YAML: illegal map value (a tab does not indent: use spaces)\n"},
    {"a: &x &y 1\n", "x.yaml:1:7: not valid YAML: cannot assign multiple anchors to the same node\n"},
    {"a: \"\\ud800\"\n", "x.yaml:1:11: not valid YAML: invalid unicode: 55296\n"},
    {"a: \"\\q\"\n", "x.yaml:1:7: not valid YAML: unknown escape character: q\n"},
    {"a: \"x\\0y\"\n", "x.yaml:1:4: a: text with a NUL character\n"},
    {"a: 1\nb: x\0y\n"s, "x.yaml:2:5: a NUL character (a text file is wanted)\n"},
    {"a: \xff\n", "x.yaml:1:4: not UTF-8 (byte \\xff)\n"},
    {"\xC3\xA9: \xC3(\n", "x.yaml:1:4: not UTF-8 (byte \\xc3)\n"},
    {"a: \xC0\xAF\n", "x.yaml:1:4: not UTF-8 (byte \\xc0)\n"},          // overlong
    {"a: \xED\xA0\x80\n", "x.yaml:1:4: not UTF-8 (byte \\xed)\n"},      // surrogate
    {"a: \xF4\x90\x80\x80\n", "x.yaml:1:4: not UTF-8 (byte \\xf4)\n"},  // beyond U+10FFFF
    {"a: \xE2\x82", "x.yaml:1:4: not UTF-8 (byte \\xe2)\n"},            // cut off
    {"\xFF\xFE"
     "a\0:\0"s,
     "x.yaml:1:1: not UTF-8 (byte \\xff)\n"},  // UTF-16
    {"a: \x1b[31mred\n", "x.yaml:1:4: a control character (\\x1b)\n"},
    {"a: \x04\n", "x.yaml:1:4: a control character (\\x04)\n"},
    {"a: \xC2\x9B"
     "31m\n",
     "x.yaml:1:4: a control character (\\x9b)\n"},
    {"\xEF\xBB\xBF\xEF\xBB\xBF"
     "a: 1\n",
     "x.yaml:1:1: a byte order mark inside the text\n"},
};

INSTANTIATE_TEST_SUITE_P(Yaml, BadYaml, testing::ValuesIn(bad_yaml));

TEST(Yaml, reference_all_problems_of_a_file_are_listed_in_order) {
  EXPECT_EQ(problems_of("a: !x 1\nb: 1\nb: 2\n<<: {}\nc: !y 3\n"),
            "x.yaml:1:4: a: tags (!) are not accepted\n"
            "x.yaml:3:1: b: repeated key (first on line 2)\n"
            "x.yaml:4:1: merge keys (<<) are not accepted\n"
            "x.yaml:5:4: c: tags (!) are not accepted\n");
}

TEST(Yaml, reference_a_refused_key_leaves_the_first_value_and_the_rest) {
  Problems problems;
  const YamlNode root = parse_yaml("a: 1\na: 2\n<<: {b: 1}\n[c]: d\ne: 3\n", "x.yaml", problems);
  EXPECT_EQ(dump(root), "{a=1,e=3}");
}

TEST(Yaml, reference_user_text_in_messages_is_escaped_and_cut) {
  EXPECT_EQ(problems_of("\"\\e[2Jx\": 1\n\"\\x1b[2Jx\": 2\n"),
            "x.yaml:2:1: \\x1b[2Jx: repeated key (first on line 1)\n");
  const std::string longer(100, 'k');
  EXPECT_EQ(problems_of(longer + ": 1\n" + longer + ": 2\n"),
            "x.yaml:2:1: " + std::string(60, 'k') + "...: repeated key (first on line 1)\n");
  Problems problems;
  parse_yaml("]", "bad\nname\x1b.yaml", problems);
  EXPECT_EQ(problems.text(), "bad\\nname\\x1b.yaml:1:1: not valid YAML: illegal flow end\n");
}

TEST(Problems, reference_are_sorted_by_file_and_position_and_listed_once) {
  const auto file = [](const char* name) { return std::make_shared<const std::string>(name); };
  Problems problems;
  EXPECT_TRUE(problems.empty());
  problems.add({file("study.yaml"), 10, 2}, "b", "second");
  problems.add({file("plan.yaml"), 1, 1}, "", "third");
  problems.add({file("study.yaml"), 9, 20}, "a", "first");
  problems.add({file("study.yaml"), 10, 2}, "b", "second");
  problems.add({}, "c\td", "line\nbreak \xE2\x80\xAE \x80");
  EXPECT_FALSE(problems.empty());
  EXPECT_EQ(problems.text(),
            "study.yaml:9:20: a: first\nstudy.yaml:10:2: b: second\nplan.yaml:1:1: third\n"
            "input:0:0: c\\td: line\\nbreak \\u202e \\x80\n");
}

TEST(Yaml, property_mangled_documents_never_crash_and_problems_are_single_lines) {
  const std::string study =
      "study: x\nseed: 1\narms:\n  a: {allocation: 1, m: &m {p: [1, 2]}}\n  b: *m\nlooks:\n  - {at: 70, of: 'pfs'}\n  "
      "- at: "
      "\"110\"\ntext: |\n  block\n? k\n: >-\n  v\n";
  std::mt19937 random(7);
  for (int i = 0; i < 50'000; ++i) {
    std::string text = study;
    for (std::size_t n = 1 + random() % 4; n > 0; --n) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text.erase(at, 1 + random() % 5);
          break;
        case 1:
          text.insert(at, random_text(random));
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 20));
      }
      if (text.empty()) text = "x";
    }
    const std::string problems = problems_of(text);
    std::istringstream lines(problems);
    for (std::string line; std::getline(lines, line);) ASSERT_TRUE(line.starts_with("x.yaml:")) << problems;
  }
}

}  // namespace
}  // namespace oligosim

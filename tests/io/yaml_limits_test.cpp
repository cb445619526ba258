#include <gtest/gtest.h>

#include <algorithm>

#include "engine/io/yaml.hpp"
#include "tests/io/support.hpp"

namespace oligosim {
namespace {

TEST(Yaml, reference_depth_64_is_read_and_65_refused) {
  EXPECT_EQ(problems_of(repeated("[", 64) + repeated("]", 64)), "");
  EXPECT_EQ(problems_of(repeated("[", 65) + repeated("]", 65)),
            "x.yaml:1:65: " + repeated("[0]", 64) + ": nested more than 64 deep\n");
  EXPECT_EQ(problems_of(repeated("- ", 64) + "x"), "");
  EXPECT_NE(problems_of(repeated("- ", 65) + "x").find("x.yaml:1:129: "), std::string::npos);
  const std::string base = "a: &a " + repeated("[", 40) + repeated("]", 40) + "\nb: ";
  EXPECT_EQ(problems_of(base + repeated("[", 23) + "*a" + repeated("]", 23)), "");
  EXPECT_NE(problems_of(base + repeated("[", 24) + "*a" + repeated("]", 24)).find("nested more than 64 deep"),
            std::string::npos);
}

TEST(Yaml, property_bombs_are_refused_at_once) {
  const std::size_t many = 1'000'000;
  for (const char* part : {"[", "{", "{a: ", "[a: ", "- ", "? ", "{? ", "[ #]\n", "&a ", "!a ", "*a "}) {
    const std::string bomb = repeated(part, many / std::string(part).size());
    std::string problems;
    const double time = seconds([&] { problems = problems_of(bomb); });
    EXPECT_EQ(std::count(problems.begin(), problems.end(), '\n'), 1) << part;
    EXPECT_LT(time, 5.0) << part;
  }
}

TEST(Yaml, reference_billion_laughs_are_refused) {
  std::string laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(before + ", ", 8) + before + "]\n";
  }
  std::string problems;
  EXPECT_LT(seconds([&] { problems = problems_of(laughs); }), 2.0);
  EXPECT_EQ(problems, "x.yaml:5:5: a4: more than 100000 values once aliases are expanded\n");
}

TEST(Yaml, reference_many_aliases_of_a_long_text_are_refused) {
  const std::string text = "a: &a " + std::string(1'000'000, 'x') + "\nb: [" + repeated("*a, ", 50'000) + "]\n";
  EXPECT_EQ(problems_of(text), "x.yaml:2:61: b[14]: more than 16 MiB of text once aliases are expanded\n");
}

TEST(Yaml, reference_the_number_of_values_is_limited) {
  EXPECT_EQ(problems_of("[" + repeated("1,", 99'999) + "]"), "");
  EXPECT_EQ(problems_of("[" + repeated("1,", 100'000) + "]"),
            "x.yaml:1:200000: [99999]: more than 100000 values once aliases are expanded\n");
}

TEST(Yaml, property_many_keys_take_linear_time) {
  std::string text;
  for (int i = 0; i < 90'000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_LT(seconds([&] { EXPECT_EQ(problems_of(text), ""); }), 5.0);
}

}  // namespace
}  // namespace oligosim

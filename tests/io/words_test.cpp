#include "engine/io/words.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "engine/io/config.hpp"

namespace oligosim {
namespace {

TEST(Range, reference_texts) {
  EXPECT_EQ(Range::any().text(), "a number");
  EXPECT_EQ(Range::above(0).text(), "a number above 0");
  EXPECT_EQ(Range::at_least(-2.5).text(), "a number of at least -2.5");
  EXPECT_EQ(Range::between(0, 1).text(), "a number from 0 to 1");
  EXPECT_EQ(Range::inside(0, 1).text(), "a number above 0 and below 1");
  EXPECT_EQ((Range{.maximum = 5}.text()), "a number of at most 5");
  EXPECT_EQ((Range{.maximum = 5, .maximum_included = false}.text()), "a number below 5");
  EXPECT_EQ((Range{.minimum = 0, .maximum = 1, .minimum_included = false}.text()), "a number above 0 and at most 1");
  EXPECT_EQ((Range{.minimum = 0, .maximum = 1, .maximum_included = false}.text()),
            "a number of at least 0 and below 1");
  EXPECT_FALSE(Range::any().contains(std::numeric_limits<double>::infinity()));
  EXPECT_FALSE(Range::any().contains(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_TRUE(Range::between(0, 1).contains(1));
  EXPECT_FALSE(Range::inside(0, 1).contains(1));
}

TEST(Words, reference_either_and_nearest) {
  const std::vector<std::string> words = {"a", "b", "c"};
  EXPECT_EQ(either({}), "");
  EXPECT_EQ(either(std::span(words).first(1)), "a");
  EXPECT_EQ(either(std::span(words).first(2)), "a or b");
  EXPECT_EQ(either(words), "a, b or c");
  const std::vector<std::string> keys = {"seed", "study", "replicates", "arms", "os", "pfs", "kaplan_meier"};
  EXPECT_EQ(nearest("replicate", keys), "replicates");
  EXPECT_EQ(nearest("replictaes", keys), "replicates");  // neighbours swapped
  EXPECT_EQ(nearest("Seed", keys), "seed");
  EXPECT_EQ(nearest("arm", keys), "arms");
  EXPECT_EQ(nearest("kaplan-meier", keys), "kaplan_meier");
  EXPECT_EQ(nearest("KaplanMeier", keys), "kaplan_meier");
  EXPECT_EQ(nearest("pf", keys), "pfs");
  EXPECT_EQ(nearest("x", keys), "");
  EXPECT_EQ(nearest("weather", keys), "");
  EXPECT_EQ(nearest("", keys), "");
  EXPECT_EQ(nearest("seed", {}), "");
  EXPECT_EQ(nearest(std::string(100'000, 's'), keys), "");
}

TEST(Words, reference_long_lists_are_cut) {
  std::vector<std::string> words;
  for (int i = 0; i < 100; ++i) words.push_back("column_" + std::to_string(i));
  const std::string text = either_or_nearest("colum_99", words);
  EXPECT_TRUE(text.ends_with("column_39, and 60 more; did you mean column_99?")) << text;
}

TEST(Words, reference_split_and_spaced) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(split("grp:age:size", ':'), (Parts{"grp", "age", "size"}));
  EXPECT_EQ(split("grp", ':'), Parts{"grp"});
  EXPECT_EQ(split("a::", ':'), (Parts{"a", "", ""}));
  EXPECT_EQ(split("", ':'), Parts{""});
  EXPECT_EQ(spaced("not_reached_yet"), "not reached yet");
}

TEST(Words, ListOfOneEmptyNameIsEmpty) {
  const std::vector<std::string> words = {""};
  EXPECT_EQ(either_or_nearest("", words), "");
}

}  // namespace
}  // namespace oligosim

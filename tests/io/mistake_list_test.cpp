#include "engine/io/mistake_list.hpp"

#include <algorithm>

#include "tests/io/support.hpp"

namespace oligosim {
namespace {

TEST(MistakeList, reference_lists_the_first_by_place_in_whatever_order_they_come) {
  const auto file = std::make_shared<const std::string>("x.csv");
  std::vector<int> lines;
  for (int line = 1; line <= 60; ++line) lines.push_back(line);
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(lines.begin(), lines.end(), random);
    Problems problems;
    MistakeList list(problems, 3);
    for (const int line : lines) list.add({file, line, 2}, "age", "wrong");
    EXPECT_EQ(list.size(), 60u);
    list.finish();
    EXPECT_EQ(problems.text(),
              "x.csv:1:2: age: wrong\nx.csv:2:2: age: wrong\nx.csv:3:2: age: wrong\n"
              "x.csv:4:2: from here on 57 more like these\n");
    EXPECT_TRUE(list.empty());
  }
}

TEST(MistakeList, reference_exactly_as_many_as_are_listed_need_no_count) {
  Problems problems;
  MistakeList list(problems, 2);
  list.add({{}, 2, 1}, "", "second");
  list.add({{}, 1, 1}, "", "first");
  EXPECT_FALSE(list.enough());
  list.finish();
  EXPECT_EQ(problems.text(), "input:1:1: first\ninput:2:1: second\n");
}

}  // namespace
}  // namespace oligosim

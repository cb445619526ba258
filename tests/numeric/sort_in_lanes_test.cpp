#include "engine/numeric/sort_in_lanes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include "engine/processor/level.hpp"

namespace oligosim {
namespace {

template <class Number>
void expect_as_sort() {
  std::mt19937_64 random(3);
  Arena arena;
  constexpr Number highest = std::numeric_limits<Number>::max();
  for (std::size_t set = 0; set < 700; ++set) {
    arena.reset();
    std::vector<Number> number(set < 300 ? set : random() % 5000);
    for (Number& n : number) {
      const auto any = static_cast<Number>(random());
      n = set % 3 == 0 ? any % 20 : std::min<Number>(any, highest - 1);
    }
    std::vector<Number> expected = number;
    std::ranges::sort(expected);
    ASSERT_TRUE(std::ranges::equal(sort_in_lanes(std::span<const Number>(number), arena), expected)) << number.size();
    if constexpr (std::is_same_v<Number, std::int32_t>) {
      ASSERT_TRUE(std::ranges::equal(sort_in_lanes_v3(number, arena), expected)) << number.size();
      if (runs_v4()) {
        ASSERT_TRUE(std::ranges::equal(sort_in_lanes_v4(number, arena), expected)) << number.size();
      }
    }
  }
}

TEST(SortInLanes, OracleSort) {
  expect_as_sort<std::int32_t>();
  expect_as_sort<std::int64_t>();
}

}  // namespace
}  // namespace oligosim

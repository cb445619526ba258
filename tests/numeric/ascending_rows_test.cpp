#include "engine/numeric/ascending_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "engine/numeric/nth_smallest.hpp"

namespace oligosim {
namespace {

double draw(std::mt19937_64& random, unsigned kind) {
  const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
  switch (kind) {
    case 0:
      return -std::log(u);
    case 1:
      return std::floor(30 * u);  // heavy ties
    case 2:
      return random() % 10 ? u : 1e15 * u;  // nearly all in one step
    case 3:
      return random() % 9 ? u : std::numeric_limits<double>::infinity();
    case 4:
      return (u - 0.5) * 1.7e308;
    default:
      return 7.0;
  }
}

ValueRange finite_range(const std::vector<double>& value) {
  ValueRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const double v : value) {
    if (std::isinf(v)) continue;
    range = {std::min(range.lowest, v), std::max(range.highest, v)};
  }
  return range;
}

TEST(AscendingRows, OracleOrderAgainstStableSort) {
  std::mt19937_64 random(1);
  Arena arena;
  for (unsigned set = 0; set < 2000; ++set) {
    arena.reset();
    std::vector<double> value(set % 50 == 0 ? 5000 : random() % 300);
    std::vector<std::uint8_t> after(value.size());
    std::vector<std::uint32_t> expected;
    for (std::uint32_t i = 0; i < value.size(); ++i) {
      value[i] = random() % 7 ? draw(random, set % 6) : std::numeric_limits<double>::quiet_NaN();
      after[i] = static_cast<std::uint8_t>(random() % 3);
      if (!std::isnan(value[i])) expected.push_back(i);
    }
    std::ranges::stable_sort(expected, {}, [&](std::uint32_t i) { return value[i]; });
    EXPECT_TRUE(std::ranges::equal(ascending_rows(value, {}, arena), expected));
    std::ranges::stable_sort(expected, {}, [&](std::uint32_t i) { return std::make_pair(value[i], after[i] != 0); });
    EXPECT_TRUE(std::ranges::equal(ascending_rows(value, after, arena), expected));
  }
}

// Days of an event that a part of the patients never has, in small and large trials.
TEST(NthSmallest, OracleInfiniteOnesComeLast) {
  std::mt19937_64 random(3);
  Arena arena;
  for (const unsigned patients : {1U, 9U, 16U, 17U, 200U, 70000U})
    for (const unsigned without : {0U, 1U, 5U, 10U}) {  // of ten
      arena.reset();
      std::vector<double> value(patients);
      for (double& v : value)
        v = random() % 10 < without ? std::numeric_limits<double>::infinity() : draw(random, patients % 6);
      std::vector<double> sorted = value;
      std::ranges::sort(sorted);
      for (std::size_t tries = 0; tries < 50; ++tries) {
        const std::size_t nth = 1 + random() % patients;
        ASSERT_EQ(nth_smallest(value, finite_range(value), nth, arena), sorted[nth - 1])
            << patients << ' ' << without << ' ' << nth;
      }
    }
}

TEST(NthSmallest, OracleEveryRankAgainstSort) {
  std::mt19937_64 random(2);
  Arena arena;
  for (unsigned set = 0; set < 600; ++set) {
    arena.reset();
    std::vector<double> value(1 + random() % 90);
    for (double& v : value) v = draw(random, set % 6);
    std::vector<double> sorted = value;
    std::ranges::sort(sorted);
    for (std::size_t nth = 1; nth <= value.size(); ++nth)
      ASSERT_EQ(nth_smallest(value, finite_range(value), nth, arena), sorted[nth - 1]) << set << ' ' << nth;
  }
}

}  // namespace
}  // namespace oligosim

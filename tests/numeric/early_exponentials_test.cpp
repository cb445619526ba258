#include "engine/numeric/early_exponentials.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <vector>

#include "engine/numeric/elementary.hpp"
#include "engine/processor/level.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Numbers {
  std::vector<double> uniform, limit;
  double scale;
};

/// Uniform numbers of both ends among them, limits of nothing and without end.
Numbers random_numbers(std::size_t set, std::mt19937_64& random) {
  std::uniform_real_distribution<double> any(0, 1);
  Numbers some{{}, {}, set % 4 == 0 ? 1 : any(random)};
  for (std::size_t i = 0; i < set % 200; ++i) {
    const double extremes[] = {0, 0x1p-53, 1 - 0x1p-53}, limits[] = {0, infinity, 0x1p-53, 1e300};
    some.uniform.push_back(random() % 10 == 0 ? extremes[random() % 3] : any(random));
    some.limit.push_back(random() % 10 == 0 ? limits[random() % 4] : 2 * any(random));
  }
  return some;
}

TEST(EarlyExponentials, OracleAreThoseBelowTheirLimitsAmongAll) {
  std::mt19937_64 random(5);
  Arena arena;
  std::size_t all = 0, kept = 0, below = 0;
  for (std::size_t set = 0; set < 2000; ++set) {
    arena.reset();
    const Numbers n = random_numbers(set, random);
    const EarlyExponentials early(n.uniform, n.limit, n.scale, arena);
    std::size_t k = 0;
    for (std::size_t i = 0; i < n.uniform.size(); ++i) {
      const double expected = elementary::exponential(n.uniform[i]);
      const bool there = k < early.row.size() && early.row[k] == i;
      if (expected < n.limit[i] * n.scale) {
        ++below;
        ASSERT_TRUE(there) << n.uniform[i];
      }
      if (there) {
        ASSERT_EQ(early.value[k++], expected);
      }
    }
    ASSERT_EQ(k, early.row.size());
    ASSERT_EQ(early.value.size(), k);
    all += n.uniform.size(), kept += k;
  }
  EXPECT_LT(kept, all);
  EXPECT_LT(static_cast<double>(kept), 1.4 * static_cast<double>(below));
}

TEST(EarlyExponentials, OracleBothProcessors) {
  if (!runs_v4()) GTEST_SKIP() << "a processor without level v4";
  std::mt19937_64 random(6);
  for (std::size_t set = 0; set < 1000; ++set) {
    const Numbers n = random_numbers(set, random);
    std::vector<std::uint32_t> row(n.uniform.size() + 8), other_row(row.size());
    std::vector<double> number(row.size()), other_number(row.size());
    const std::size_t count = early_rows_v3(n.uniform, n.limit, n.scale, row.data(), number.data());
    ASSERT_EQ(early_rows_v4(n.uniform, n.limit, n.scale, other_row.data(), other_number.data()), count);
    for (std::size_t k = 0; k < count; ++k) {
      ASSERT_EQ(row[k], other_row[k]);
      ASSERT_EQ(number[k], other_number[k]);
    }
  }
}

}  // namespace
}  // namespace oligosim

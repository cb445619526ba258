#include "engine/statistics/survival/survival_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <vector>

namespace oligosim {
namespace {

std::vector<std::uint32_t> naive_order(const std::vector<double>& time, const std::vector<std::uint8_t>& event) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < time.size(); ++i) {
    if (!std::isnan(time[i])) rows.push_back(i);
  }
  std::stable_sort(rows.begin(), rows.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::make_pair(time[a], event[a] == 0) < std::make_pair(time[b], event[b] == 0);
  });
  return rows;
}

void expect_sorted(const SurvivalTable& table, const std::vector<std::uint32_t>& rows, const std::vector<double>& time,
                   const std::vector<std::uint8_t>& event) {
  ASSERT_EQ(table.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(table.row[i], rows[i]);
    ASSERT_EQ(table.time[i], time[rows[i]]);
    ASSERT_EQ(table.event[i] != 0, event[rows[i]] != 0);
  }
}

double draw_time(std::mt19937_64& random, unsigned kind) {
  const double u = (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
  switch (kind) {
    case 0:
      return -std::log(u);  // continuous
    case 1:
      return static_cast<double>(random() % 7);  // heavy ties, zeros
    case 2:
      return random() % 20 ? u : 1e12 * u;  // outlying times: crowded buckets
    case 3:
      return random() % 5 ? std::floor(100 * u) / 30 : std::numeric_limits<double>::quiet_NaN();
    case 4:
      return random() % 9 ? u : std::numeric_limits<double>::infinity();
    case 5:
      return random() % 2 ? 0.0 : -0.0;
    case 6:
      return u * 1e-310;  // subnormal range
    case 7:
      return (u - 0.5) * 1.7e308;  // nearly overflowing range
    default:
      return 3.0;  // one time
  }
}

TEST(SurvivalTable, OracleSortAgainstStableSortOn20000DataSets) {
  std::mt19937_64 random(1);
  Arena arena;
  for (int set = 0; set < 20000; ++set) {
    arena.reset();
    const std::size_t n = random() % 80 + (set % 100 == 0 ? 1000 : 0);
    std::vector<double> time(n);
    std::vector<std::uint8_t> event(n);
    for (double& t : time) t = draw_time(random, static_cast<unsigned>(set % 9));
    for (std::uint8_t& e : event) e = random() % 2;
    const SurvivalTable table = sort_survival(time, event, arena);
    expect_sorted(table, naive_order(time, event), time, event);

    std::vector<std::uint8_t> keep(n), flipped(n);
    for (std::size_t i = 0; i < n; ++i) keep[i] = random() % 3 != 0, flipped[i] = !event[i];
    expect_sorted(reversed(table, arena), naive_order(time, flipped), time, flipped);
    std::vector<double> kept_time = time;
    for (std::size_t i = 0; i < n; ++i) {
      if (!keep[i]) kept_time[i] = std::numeric_limits<double>::quiet_NaN();
    }
    expect_sorted(filter(table, keep, arena), naive_order(kept_time, event), time, event);
  }
}

TEST(SurvivalTable, ContractEventsBeforeCensoringsAtATie) {
  Arena arena;
  const std::vector<double> time = {5, 2, 5, 5, 2, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<std::uint8_t> event = {0, 0, 1, 1, 1, 1};
  const SurvivalTable table = sort_survival(time, event, arena);
  EXPECT_EQ(std::vector<std::uint32_t>(table.row.begin(), table.row.end()),
            (std::vector<std::uint32_t>{4, 1, 2, 3, 0}));
  EXPECT_EQ(std::vector<std::uint8_t>(table.event.begin(), table.event.end()),
            (std::vector<std::uint8_t>{1, 0, 1, 1, 0}));
  const std::vector<double> value = {10, 11, 12, 13, 14, 15};
  const std::span<double> ordered = in_table_order<double>(table, value, arena);
  EXPECT_EQ(std::vector<double>(ordered.begin(), ordered.end()), (std::vector<double>{14, 11, 12, 13, 10}));
}

}  // namespace
}  // namespace oligosim

#include "engine/statistics/survival/two_group_log_rank.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "engine/random/stream.hpp"
#include "engine/statistics/survival/log_rank.hpp"

namespace oligosim {
namespace {

struct Data {
  std::vector<double> time;
  std::vector<std::int32_t> code;
  void add(double t, std::int32_t group, bool event) {
    time.push_back(t);
    code.push_back(TwoGroups::code_of(group, event));
  }
};

Estimate of_table(const Data& data, Arena& arena) {
  std::vector<std::uint8_t> event, group;
  for (const std::int32_t c : data.code) event.push_back(c >> 1 & 1), group.push_back(c & 1);
  const SurvivalTable table = sort_survival(data.time, event, arena);
  const Grouping grouping{in_table_order<std::uint8_t>(table, group, arena), 2, {}, 1};
  return log_rank_test(table, grouping, {}, {}, arena);
}

// `beyond`: how far the latest time there can be is beyond the latest there is.
void expect_as_of_table(const Data& data, double beyond = 1.0) {
  Arena arena;
  const double latest = data.time.empty() ? 1.0 : beyond * *std::ranges::max_element(data.time);
  const Estimate own = log_rank_test(TwoGroups{data.time, data.code, latest}, arena), table = of_table(data, arena);
  const auto bits = [](double x) { return std::bit_cast<std::uint64_t>(x); };
  EXPECT_EQ(own.status, table.status);
  EXPECT_EQ(bits(own.n), bits(table.n));
  EXPECT_EQ(bits(own.n_events), bits(table.n_events));
  EXPECT_EQ(bits(own.statistic), bits(table.statistic));
  EXPECT_EQ(bits(own.df), bits(table.df));
  EXPECT_EQ(bits(own.p_value), bits(table.p_value));
  EXPECT_EQ(bits(own.signed_statistic), bits(table.signed_statistic));
}

// Continuous and whole times, some of them 0, of crowded and of spread distributions, most and few of them events.
TEST(TwoGroupLogRank, OracleSortedTable) {
  Stream draw(5, 1, Purpose::course);
  for (int set = 0; set < 600; ++set) {
    const std::size_t n = draw.below(set % 10 == 0 ? 900 : 60);
    const double events = draw.uniform(), second = draw.uniform();
    Data data;
    for (std::size_t i = 0; i < n; ++i) {
      const double e = draw.exponential();
      double time = 0;
      switch (set % 6) {
        case 0:
          time = 300 * e;
          break;
        case 1:
          time = std::ceil(20 * e);
          break;
        case 2:
          time = std::floor(5 * e);  // some at 0
          break;
        case 3:
          time = std::exp(40 * draw.uniform() - 20);  // steps of equal width hold nearly all
          break;
        case 4:
          time = 100 + std::ldexp(draw.below(4), -46);  // the last bits tell them apart
          break;
        default:
          time = i % 2 == 0 ? 7 : 7 + 1e-3 * draw.below(3);
      }
      data.add(time, draw.uniform() < second, draw.uniform() < events);
    }
    SCOPED_TRACE(set);
    for (const double beyond : {1.0, 1.7, 200.0, 2e4, 1e6}) expect_as_of_table(data, beyond);
  }
}

// As many patients as are sorted in lanes, one fewer than a whole row of eight, and one more.
TEST(TwoGroupLogRank, OracleSortedTableOfTheMostPatients) {
  Stream draw(5, 2, Purpose::course);
  for (const int n : {65527, 65536, 65537}) {
    Data data;
    for (int i = 0; i < n; ++i) data.add(i + 0.5, draw.below(2) != 0, draw.uniform() < 0.7);
    expect_as_of_table(data);
  }
}

TEST(TwoGroupLogRank, ContractFewPatientsAndNoTest) {
  Data data;
  expect_as_of_table(data);
  data.add(3, 0, true);
  expect_as_of_table(data);
  data.add(3, 0, false);
  expect_as_of_table(data);
  data.add(3, 1, false);
  expect_as_of_table(data);
  data.add(2.5, 1, true);
  expect_as_of_table(data);
  data.add(-0.0, 1, true);
  data.add(0.0, 0, true);
  expect_as_of_table(data);
  Data censored;
  for (int i = 1; i < 40; ++i) censored.add(i, i % 2, false);
  expect_as_of_table(censored);
  Data one_group;
  for (int i = 1; i < 40; ++i) one_group.add(i, 1, i % 3 == 0);
  expect_as_of_table(one_group);
}

}  // namespace
}  // namespace oligosim

#include "engine/statistics/mann_whitney.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/rank_sum_distribution.hpp"
#include "tests/statistics/oracle_sets.hpp"
#include "tests/statistics/samples.hpp"

namespace oligosim {
namespace {

using test::close;
using test::TwoGroups;

/// The data as the kernel takes them.
struct Prepared {
  Arena arena;
  Sample sample;
  std::span<std::uint8_t> group;
  PairwiseDifferences differences;

  explicit Prepared(const TwoGroups& data, std::size_t most_listed = std::size_t{1} << 20) {
    sample = sort_sample(data.value, {}, arena);
    group = in_sample_order<std::uint8_t>(sample, data.group, arena);
    differences = pairwise_differences(sample, group, arena, most_listed);
  }
  template <class V>
  std::array<Estimate, lane_count<V>> test(const std::vector<V>& weight, double confidence) {
    const std::span<V> ordered = in_sample_order<V>(sample, weight, arena);
    return mann_whitney<V>(sample, group, differences, ordered, confidence, arena);
  }
};

Estimate evaluate(const TwoGroups& data, double confidence) {
  return Prepared(data).test<double>(data.weight, confidence)[0];
}

TEST(MannWhitney, ReferenceWilcoxTestOfR) {
  const test::ReferenceTable reference("mann_whitney.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const TwoGroups data =
        test::two_groups(test::numbers(reference.text(r, "first")), test::numbers(reference.text(r, "second")));
    Prepared prepared(data);
    const Estimate e = mann_whitney<double>(prepared.sample, prepared.group, prepared.differences, {},
                                            reference.number(r, "confidence"), prepared.arena)[0];
    EXPECT_EQ(e.statistic, reference.number(r, "w"));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-9));
    const double less = reference.number(r, "less"), greater = reference.number(r, "greater");
    const double score = greater <= .5 ? normal_quantile(greater) : less <= .5 ? -normal_quantile(less) : 0;
    EXPECT_TRUE(close(e.signed_statistic, score, 1e-9));
    EXPECT_TRUE(close(e.estimate, (reference.number(r, "middle_1") + reference.number(r, "middle_2")) / 2, 1e-12));
    if (reference.number(r, "exact") == 1) {
      EXPECT_TRUE(close(e.estimate, reference.number(r, "shift"), 1e-12));
      EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-12));
      EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-12));
    } else {  // R's uniroot stops within 1e-4; where W = mean between two differences, anywhere between them
      EXPECT_GE(reference.number(r, "shift"), reference.number(r, "middle_1") - 1e-4);
      EXPECT_LE(reference.number(r, "shift"), reference.number(r, "middle_2") + 1e-4);
      EXPECT_NEAR(e.lower, reference.number(r, "lower"), 1e-4);
      EXPECT_NEAR(e.upper, reference.number(r, "upper"), 1e-4);
    }
  }
}

// P(W <= w) by going through every choice of which ranks are the first group's.
double permuted(double w, std::size_t first, std::size_t second) {
  const std::size_t n = first + second;
  double below = 0, all = 0;
  for (std::uint32_t chosen = 0; chosen < (1u << n); ++chosen) {
    if (static_cast<std::size_t>(std::popcount(chosen)) != first) continue;
    double sum = 0;
    for (std::size_t rank = 1; rank <= n; ++rank)
      if (chosen >> (rank - 1) & 1) sum += static_cast<double>(rank);
    ++all;
    below += sum - static_cast<double>(first * (first + 1)) / 2 <= w;
  }
  return below / all;
}

TEST(RankSumDistribution, OracleEveryOrderOfUpTo12Values) {
  const RankSumDistribution& table = RankSumDistribution::table();
  for (std::size_t first = 1; first <= 6; ++first)
    for (std::size_t second = 1; second <= 6; ++second)
      for (std::size_t w = 0; w <= first * second; ++w)
        EXPECT_NEAR(table.cdf(static_cast<double>(w), first, second), permuted(static_cast<double>(w), first, second),
                    1e-14);
  EXPECT_EQ(table.cdf(-1, 3, 4), 0);
  EXPECT_EQ(table.cdf(100, 3, 4), 1);
}

TEST(RankSumDistribution, PropertyQuantileIsTheFirstWithEnoughBelow) {
  const RankSumDistribution& table = RankSumDistribution::table();
  for (const std::size_t first : {1u, 5u, 18u, 49u})
    for (const std::size_t second : {1u, 7u, 49u})
      for (const double p : {.005, .025, .05, .2, .5}) {
        const double w = table.quantile(p, first, second);
        EXPECT_GE(table.cdf(w, first, second), p - 1e-12);
        EXPECT_LT(table.cdf(w - 1, first, second), p);
      }
}

// Every definition again, on the rows written out, from pairs and not from ranks.
struct Naive {
  std::vector<double> x, y, differences;
  double w = 0, ties = 0, ties_within = 0;

  Naive(const std::vector<double>& first, const std::vector<double>& second) : x(first), y(second) {
    for (const double a : x)
      for (const double b : y) differences.push_back(a - b), w += a > b ? 1 : a == b ? .5 : 0;
    std::sort(differences.begin(), differences.end());
    std::vector<double> all = x;
    all.insert(all.end(), y.begin(), y.end());
    ties = cubes(all);
    ties_within = cubes(x) + cubes(y);
  }
  // Sum of t^3 - t over groups of equal values: each value in a group of t adds t^2 - 1.
  static double cubes(const std::vector<double>& values) {
    double sum = 0;
    for (const double v : values) {
      const auto t = static_cast<double>(std::count(values.begin(), values.end(), v));
      sum += t * t - 1;
    }
    return sum;
  }
  double sd(double tied) const {
    const auto m = static_cast<double>(x.size()), n = static_cast<double>(y.size());
    return std::sqrt(m * n / 12 * (m + n + 1 - tied / ((m + n) * (m + n - 1))));
  }
  bool exact() const { return ties == 0 && x.size() < 50 && y.size() < 50; }
  // Standardized W of the first group minus d, d between differences, with the continuity correction.
  double standardized(double d) const {
    double above = -static_cast<double>(differences.size()) / 2;
    for (const double difference : differences) above += difference > d;
    return (above - (above > 0 ? .5 : above < 0 ? -.5 : 0)) / sd(ties_within);
  }
  // The difference at which standardized() falls past z, looked for one by one.
  double crossing(double z) const {
    for (std::size_t k = 0; k < differences.size(); ++k) {
      const bool last = k + 1 == differences.size();
      if (!last && differences[k + 1] == differences[k]) continue;
      const double beyond = last ? differences[k] + 1 : (differences[k] + differences[k + 1]) / 2;
      if (standardized(beyond) <= z) return differences[k];
    }
    return differences.back();
  }
};

TEST(MannWhitney, OraclePairsOfRowsOn10000DataSets) {
  std::mt19937_64 random(89);
  int singular = 0, exact = 0, out_of_reach = 0;
  for (int set = 0; set < 10000; ++set) {
    const TwoGroups data = test::random_groups(random, 14);
    const Estimate e = evaluate(data, .9);
    const Naive naive(data.written_out(0), data.written_out(1));
    if (naive.x.empty() || naive.y.empty()) {
      ASSERT_EQ(e.status, Status::empty_group);
      ASSERT_TRUE(std::isnan(e.p_value) && std::isnan(e.estimate) && std::isnan(e.lower));
      continue;
    }
    ASSERT_EQ(e.n, static_cast<double>(naive.x.size() + naive.y.size()));
    ASSERT_EQ(e.statistic, naive.w);
    const std::size_t pairs = naive.differences.size();
    ASSERT_NEAR(e.estimate, (naive.differences[(pairs - 1) / 2] + naive.differences[pairs / 2]) / 2, 1e-12);
    const bool equal = naive.differences.front() == 0 && naive.differences.back() == 0;
    ASSERT_EQ(e.status, equal ? Status::singular : Status::ok);
    if (equal) {
      ++singular;
      ASSERT_TRUE(std::isnan(e.p_value));
      ASSERT_EQ(e.estimate, 0);
    } else if (naive.exact()) {
      ++exact;
      if (naive.x.size() + naive.y.size() > 11) continue;
      const double below = permuted(naive.w, naive.x.size(), naive.y.size());
      const double above = permuted(static_cast<double>(pairs) - naive.w, naive.x.size(), naive.y.size());
      ASSERT_NEAR(e.p_value, std::min(1., 2 * std::min(below, above)), 1e-12);
      std::size_t rank = 1;
      while (permuted(static_cast<double>(rank) - 1, naive.x.size(), naive.y.size()) < .05 - 1e-12) ++rank;
      rank = std::max<std::size_t>(1, rank - 1);  // qwilcox, and 1 where that is 0
      const bool achieved = permuted(static_cast<double>(rank) - 1, naive.x.size(), naive.y.size()) <= .075 + 1e-12;
      out_of_reach += !achieved;
      ASSERT_TRUE(test::same(e.lower, achieved ? naive.differences[rank - 1] : missing));
      ASSERT_TRUE(test::same(e.upper, achieved ? naive.differences[pairs - rank] : missing));
    } else {
      const double z = naive.w - static_cast<double>(pairs) / 2, shift = z > 0 ? .5 : z < 0 ? -.5 : 0;
      ASSERT_NEAR(e.p_value, std::min(1., std::erfc(std::abs(z - shift) / naive.sd(naive.ties) / std::sqrt(2.))),
                  1e-10);
      ASSERT_EQ(e.lower, naive.crossing(normal_quantile(.95)));
      ASSERT_EQ(e.upper, naive.crossing(normal_quantile(.05)));
    }
  }
  EXPECT_GT(singular, 50);
  EXPECT_GT(exact, 1000);
  EXPECT_GT(out_of_reach, 100);
}

TEST(MannWhitney, PropertyGroupsUnitsAndOrderChanged) {
  std::mt19937_64 random(97);
  for (int set = 0; set < 500; ++set) {
    TwoGroups data = test::random_groups(random, 20);
    const Estimate e = evaluate(data, .95);
    TwoGroups swapped = data, rescaled = data, turned = data;
    for (std::size_t i = 0; i < data.value.size(); ++i) {
      swapped.group[i] = 1 - data.group[i];
      rescaled.value[i] = 4 * data.value[i];
      const std::size_t j = data.value.size() - 1 - i;
      turned.value[i] = data.value[j], turned.group[i] = data.group[j], turned.weight[i] = data.weight[j];
    }
    const Estimate other = evaluate(swapped, .95), scaled = evaluate(rescaled, .95);
    EXPECT_TRUE(close(other.p_value, e.p_value, 1e-12));
    EXPECT_TRUE(close(other.signed_statistic, -e.signed_statistic, 1e-11));
    EXPECT_TRUE(test::same(other.estimate, -e.estimate) && test::same(other.lower, -e.upper));
    EXPECT_TRUE(test::same(scaled.p_value, e.p_value) && test::same(scaled.upper, 4 * e.upper));
    EXPECT_TRUE(test::same(evaluate(turned, .95), e));
  }
}

TEST(MannWhitney, PropertyLanesAreTheScalarResultToTheBit) {
  std::mt19937_64 random(101);
  for (int set = 0; set < 200; ++set) {
    TwoGroups data = test::random_groups(random, 20);
    const test::LaneWeights weights(random, data.value.size());
    Prepared prepared(data);
    const auto together = prepared.test<Lanes>(weights.together, .95);
    for (std::size_t k = 0; k < lanes; ++k)
      ASSERT_TRUE(test::same(together[k], prepared.test<double>(weights.apart[k], .95)[0]));
  }
}

TEST(MannWhitney, OracleDifferencesFoundByCountingAreThoseOfTheList) {
  std::mt19937_64 random(103);
  for (int set = 0; set < test::oracle_sets(2000); ++set) {
    const TwoGroups data = test::random_groups(random, 30);
    const test::LaneWeights weights(random, data.value.size());
    Prepared listed(data), counted(data, 0);
    ASSERT_TRUE(test::same(counted.test<double>(data.weight, .95)[0], listed.test<double>(data.weight, .95)[0]));
    const auto a = counted.test<Lanes>(weights.together, .9), b = listed.test<Lanes>(weights.together, .9);
    for (std::size_t k = 0; k < lanes; ++k) ASSERT_TRUE(test::same(a[k], b[k]));
  }
}

TEST(MannWhitney, DegenerateOneValueAGroup) {
  const Estimate e = evaluate(test::two_groups({1}, {2}), .95);
  EXPECT_EQ(e.status, Status::ok);
  EXPECT_EQ(e.p_value, 1);
  EXPECT_EQ(e.signed_statistic, 0);  // the smaller one-sided p value is 1/2
  EXPECT_EQ(e.estimate, -1);
  EXPECT_TRUE(std::isnan(e.lower) && std::isnan(e.upper));  // no interval of 95 % exists
}

}  // namespace
}  // namespace oligosim

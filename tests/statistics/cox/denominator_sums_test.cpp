#include "engine/statistics/cox/denominator_sums.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <random>
#include <vector>

#include "engine/processor/level.hpp"

namespace oligosim {
namespace {

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// One lane as a set of its own.
struct OfLane {
  OfLane(const std::vector<Lanes>& all, std::size_t k) : once(all.size() / 2, 1.0) {
    for (const Lanes& p : all) pair.push_back(p[k]);
  }
  Denominators<double> denominators() const { return {pair, once}; }
  std::vector<double> pair, once;
};

struct ExactSums {
  long double logarithms = 0, expected = 0, information = 0, squares = 0, cubes = 0;
};

// As the definition has it.
ExactSums naive(const std::vector<double>& pair, const std::vector<double>& often, double beta) {
  ExactSums sums;
  const long double ratio = std::exp(static_cast<long double>(beta));
  for (std::size_t m = 0; m < often.size(); ++m) {
    const long double both = pair[2 * m] + pair[2 * m + 1] * ratio, share = pair[2 * m + 1] * ratio / both;
    sums.logarithms += often[m] * std::log(both);
    sums.expected += often[m] * share;
    sums.information += often[m] * share * (pair[2 * m] / both);
    sums.squares += often[m] * share * share;
    sums.cubes += often[m] * share * share * share;
  }
  return sums;
}

struct Kernels {
  DenominatorSums<Lanes> (*of_denominators)(const Denominators<Lanes>&, const Lanes&);
  ShareSums<Lanes> (*of_shares)(const Denominators<Lanes>&, const Lanes&);
};
constexpr Kernels any_processor = {denominator_sums_v3, share_sums_v3},
                  level_four = {denominator_sums_v4, share_sums_v4};

// Of few and of many denominators, so large that several or none leave the range together. `widest`: of the interval of
// log hazard ratios around 0.
void expect_lane_by_lane(const Kernels& kernels, double widest) {
  std::mt19937_64 random(61);
  for (std::size_t set = 0; set < 400; ++set) {
    const std::size_t count = in_fours(random() % (set % 2 == 0 ? 20 : 400));
    const std::uint64_t largest = std::uint64_t{1} << (1 + random() % 15);
    std::vector<Lanes> pair(2 * count);
    for (Lanes& p : pair)
      for (std::size_t k = 0; k < lanes; ++k) p[k] = static_cast<double>(1 + random() % largest);
    for (std::size_t k = 0; k < lanes && count > 0; ++k)
      for (std::size_t m = count - random() % count; m < count; ++m) pair[2 * m][k] = 1, pair[2 * m + 1][k] = 0;
    Lanes beta;
    for (std::size_t k = 0; k < lanes; ++k) beta[k] = widest * (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5);
    const DenominatorSums<Lanes> sums = kernels.of_denominators({pair, {}}, beta);
    const ShareSums<Lanes> shares = kernels.of_shares({pair, {}}, beta);
    for (std::size_t k = 0; k < lanes; ++k) {
      const OfLane lane(pair, k);
      const DenominatorSums<double> own = denominator_sums(lane.denominators(), double{beta[k]});
      const ShareSums<double> own_shares = share_sums(lane.denominators(), double{beta[k]});
      ASSERT_EQ(bits(sums.logarithms[k]), bits(own.logarithms)) << set << ' ' << k;
      ASSERT_EQ(bits(sums.expected[k]), bits(own.expected)) << set << ' ' << k;
      ASSERT_EQ(bits(sums.information[k]), bits(own.information)) << set << ' ' << k;
      ASSERT_EQ(bits(shares.shares[k]), bits(own_shares.shares)) << set << ' ' << k;
      ASSERT_EQ(bits(shares.squares[k]), bits(own_shares.squares)) << set << ' ' << k;
      ASSERT_EQ(bits(shares.cubes[k]), bits(own_shares.cubes)) << set << ' ' << k;
    }
  }
}

// Also of fractions of patients and of times that are none, several or no whole number; hazard ratios so large that
// four denominators cannot be divided by at once.
TEST(DenominatorSums, OracleOfTheDefinition) {
  std::mt19937_64 random(62);
  const auto uniform = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  for (int set = 0; set < 2000; ++set) {
    const std::size_t count = in_fours(random() % 300);
    std::vector<double> pair(2 * count), often(count, 1.0);
    for (double& p : pair) p = set % 3 == 0 ? 0.01 + 5 * uniform() : 1.0 + static_cast<double>(random() % 400);
    for (double& times : often) {
      if (set % 5 == 1) times = static_cast<double>(random() % 4);
      if (set % 5 == 2) times = 3 * uniform();
    }
    const double beta = (set % 4 == 0 ? 600 : 8) * (uniform() - 0.5);
    const DenominatorSums<double> sums = denominator_sums(Denominators<double>{pair, often}, beta);
    const ExactSums exact = naive(pair, often, beta);
    const double n = static_cast<double>(count) + 1;
    ASSERT_NEAR(sums.logarithms, static_cast<double>(exact.logarithms), 1e-14 * n * (10 + std::abs(beta))) << set;
    ASSERT_NEAR(sums.expected, static_cast<double>(exact.expected), 1e-14 * n) << set;
    const auto information = static_cast<double>(exact.information);
    ASSERT_NEAR(sums.information, information, 1e-12 * information) << set;
    const ShareSums<double> shares = share_sums(Denominators<double>{pair, often}, beta);
    ASSERT_NEAR(shares.shares, static_cast<double>(exact.expected), 1e-14 * n) << set;
    ASSERT_NEAR(shares.squares, static_cast<double>(exact.squares), 1e-14 * n) << set;
    ASSERT_NEAR(shares.cubes, static_cast<double>(exact.cubes), 1e-14 * n) << set;
  }
}

TEST(DenominatorSums, OracleOnAnyProcessor) { expect_lane_by_lane(any_processor, 20); }
// Of four of them the product is no number.
TEST(DenominatorSums, OracleOfHugeHazardRatiosOnAnyProcessor) { expect_lane_by_lane(any_processor, 1000); }

TEST(DenominatorSums, OracleOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_lane_by_lane(level_four, 20);
  expect_lane_by_lane(level_four, 1000);
}

}  // namespace
}  // namespace oligosim

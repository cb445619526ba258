#include "engine/statistics/denominator_sums.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

#include "engine/random/uniform_kernels.hpp"

namespace oligosim {
namespace {

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// Lane by lane, a logarithm at once where the product leaves its range.
DenominatorSums<double> naive(const std::vector<Lanes>& pair, double beta, std::size_t k) {
  DenominatorSums<double> sums;
  double product = 1;
  for (std::size_t m = 0; m < pair.size(); m += 2) {
    const double first = pair[m][k], second = pair[m + 1][k] * elementary::exp(beta), inverse = 1 / (first + second);
    product *= first + second;
    if (!(product < 1e100)) {
      sums.logarithms += elementary::log(product);
      product = 1;
    }
    sums.expected += second * inverse;
    sums.information += second * inverse * (first * inverse);
  }
  sums.logarithms += elementary::log(product);
  return sums;
}

using Kernel = DenominatorSums<Lanes> (*)(const Denominators<Lanes>&, const Lanes&);

// Of few and of many denominators, so large that several or none leave the range together. `widest`: of the interval of
// log hazard ratios around 0.
void expect_lane_by_lane(Kernel kernel, double widest) {
  std::mt19937_64 random(61);
  for (std::size_t set = 0; set < 400; ++set) {
    const std::size_t count = random() % (set % 2 == 0 ? 20 : 400);
    const std::uint64_t largest = std::uint64_t{1} << (1 + random() % 15);
    std::vector<Lanes> pair(2 * count);
    for (Lanes& p : pair)
      for (std::size_t k = 0; k < lanes; ++k) p[k] = static_cast<double>(1 + random() % largest);
    for (std::size_t k = 0; k < lanes && count > 0; ++k)
      for (std::size_t m = count - random() % count; m < count; ++m) pair[2 * m][k] = 1, pair[2 * m + 1][k] = 0;
    Lanes beta;
    for (std::size_t k = 0; k < lanes; ++k) beta[k] = widest * (static_cast<double>(random() >> 11) * 0x1p-53 - 0.5);
    const DenominatorSums<Lanes> sums = kernel({pair, {}}, beta);
    for (std::size_t k = 0; k < lanes; ++k) {
      const DenominatorSums<double> own = naive(pair, beta[k], k);
      ASSERT_EQ(bits(sums.logarithms[k]), bits(own.logarithms)) << set << ' ' << k;
      ASSERT_EQ(bits(sums.expected[k]), bits(own.expected)) << set << ' ' << k;
      ASSERT_EQ(bits(sums.information[k]), bits(own.information)) << set << ' ' << k;
    }
  }
}

TEST(DenominatorSums, OracleOnAnyProcessor) { expect_lane_by_lane(denominator_sums_v3, 20); }
// Of four of them the product is no number.
TEST(DenominatorSums, OracleOfHugeHazardRatiosOnAnyProcessor) { expect_lane_by_lane(denominator_sums_v3, 1000); }

TEST(DenominatorSums, OracleOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_lane_by_lane(denominator_sums_v4, 20);
  expect_lane_by_lane(denominator_sums_v4, 1000);
}

}  // namespace
}  // namespace oligosim

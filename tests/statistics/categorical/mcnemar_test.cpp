#include "engine/statistics/categorical/mcnemar.hpp"

#include <gtest/gtest.h>

#include <bit>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "tests/statistics/samples.hpp"

namespace oligosim {
namespace {

using test::close;

PairedCounts paired(const std::vector<std::uint32_t>& n) { return {n[0], n[1], n[2], n[3]}; }

TEST(McNemar, ReferenceBinomTestAndNewcombesInterval) {
  const test::ReferenceTable reference("paired.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Estimate e = paired_difference(paired(test::numbers<std::uint32_t>(reference.text(r, "counts"))),
                                         reference.number(r, "confidence"));
    EXPECT_TRUE(close(e.estimate, reference.number(r, "change"), 1e-12));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-11));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-10));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-10));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-10));
    const double less = reference.number(r, "less"), greater = reference.number(r, "greater");
    EXPECT_TRUE(close(e.signed_statistic,
                      greater <= .5 ? -normal_quantile(greater)
                      : less <= .5  ? normal_quantile(less)
                                    : 0,
                      1e-9));
  }
}

// The share of the 2^d ways in which d differing pairs can fall that are at least as uneven.
double uneven(std::uint32_t before_only, std::uint32_t after_only) {
  const auto observed = std::abs(static_cast<int>(before_only) - static_cast<int>(after_only));
  const std::uint32_t d = before_only + after_only;
  double count = 0;
  for (std::uint32_t way = 0; way < (1u << d); ++way)
    count += std::abs(2 * std::popcount(way) - static_cast<int>(d)) >= observed;
  return count / static_cast<double>(1u << d);
}

TEST(McNemar, OracleEveryWayOfTheDifferingPairsAndLimitsFromTheirDefinition) {
  std::mt19937_64 random(131);
  for (int set = 0; set < 10000; ++set) {
    const auto draw = [&](unsigned most) { return static_cast<std::uint32_t>(random() % (most + 1)); };
    const PairedCounts c{draw(8), draw(4), draw(5), draw(8)};
    const double a = c.both, b = c.before_only, d = c.after_only, rest = c.neither, n = a + b + d + rest;
    const Estimate e = paired_difference(c, .9);
    if (n == 0) continue;
    ASSERT_NEAR(e.p_value, uneven(c.before_only, c.after_only), 1e-12);
    // Wilson's limits as the roots of |share - p| = z sqrt(p (1 - p) / n), by bisection.
    const double z = normal_quantile(.95);
    const auto limit = [&](double share, double end) {
      double inner = share, outer = end;
      for (int i = 0; i < 60; ++i) {
        const double p = (inner + outer) / 2;
        (std::abs(share - p) < z * std::sqrt(p * (1 - p) / n) ? inner : outer) = p;
      }
      return inner;
    };
    const double before = (a + b) / n, after = (a + d) / n;
    double phi = 0;
    const double margins = (a + b) * (d + rest) * (a + d) * (b + rest), above = a * rest - b * d;
    if (margins > 0) phi = (above < 0 ? above : std::max(0., above - n / 2)) / std::sqrt(margins);
    const auto length = [&](double x, double y) { return std::sqrt(std::max(0., x * x + y * y - 2 * phi * x * y)); };
    ASSERT_NEAR(e.lower, after - before - length(after - limit(after, 0), limit(before, 1) - before), 1e-7);
    ASSERT_NEAR(e.upper, after - before + length(limit(after, 1) - after, before - limit(before, 0)), 1e-7);
  }
}

TEST(McNemar, PropertyBeforeAndAfterChangedOver) {
  for (std::uint32_t before = 0; before < 6; ++before)
    for (std::uint32_t after = 0; after < 6; ++after) {
      const Estimate e = paired_difference({3, before, after, 4}, .95);
      const Estimate other = paired_difference({3, after, before, 4}, .95);
      EXPECT_TRUE(close(other.estimate, -e.estimate, 1e-12) && close(other.lower, -e.upper, 1e-12));
      EXPECT_TRUE(close(other.p_value, e.p_value, 1e-12));
      EXPECT_TRUE(close(other.signed_statistic, -e.signed_statistic, 1e-12));
      EXPECT_LE(e.lower, e.estimate);
      EXPECT_LE(e.estimate, e.upper);
    }
}

TEST(McNemar, DegenerateNobodyAndNobodyDiffers) {
  EXPECT_EQ(paired_difference({}, .95).status, Status::empty_group);
  EXPECT_TRUE(std::isnan(paired_difference({}, .95).p_value));
  const Estimate e = paired_difference({5, 0, 0, 7}, .95);
  EXPECT_EQ(e.status, Status::ok);
  EXPECT_EQ(e.p_value, 1);
  EXPECT_EQ(e.signed_statistic, 0);
  EXPECT_EQ(e.estimate, 0);
  EXPECT_LT(e.lower, 0);
  EXPECT_GT(e.upper, 0);
}

}  // namespace
}  // namespace oligosim

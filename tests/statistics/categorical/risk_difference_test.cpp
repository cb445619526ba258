#include "engine/statistics/categorical/risk_difference.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;
using Interval = RiskDifferenceInterval;
using Score = RiskDifferenceTest;

TEST(RiskDifference, ReferenceScoreTestsAndIntervals) {
  const test::ReferenceTable reference("risk_difference.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const TwoProportions counts{number("x1"), number("n1"), number("x2"), number("n2")};
    EXPECT_NEAR(restricted_reference(counts, number("null")), number("restricted"), 1e-9);
    const Estimate score =
        risk_difference(counts, Interval::miettinen_nurminen, Score::farrington_manning, number("null"), 0.95);
    EXPECT_TRUE(close(score.signed_statistic, number("z"), 1e-8));
    EXPECT_TRUE(close(score.lower, number("mn_lower"), 1e-7));
    EXPECT_TRUE(close(score.upper, number("mn_upper"), 1e-7));
    const Estimate hybrid = risk_difference(counts, Interval::newcombe, Score::farrington_manning, 0, 0.95);
    EXPECT_TRUE(close(hybrid.lower, number("newcombe_lower"), 1e-10));
    EXPECT_TRUE(close(hybrid.upper, number("newcombe_upper"), 1e-10));
    EXPECT_TRUE(close(hybrid.statistic * hybrid.statistic, number("chi_square"), 1e-10));
  }
}

TEST(RiskDifference, ReferenceSampleSizes) {
  const test::ReferenceTable reference("risk_difference_size.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const PlannedProportions planned{number("reference"), number("later"), number("null"),
                                     number("ratio") / (1 + number("ratio"))};
    const double n = risk_difference_patients(planned, number("power"), number("alpha"));
    EXPECT_TRUE(close(n, number("n"), 1e-6));
    EXPECT_NEAR(risk_difference_power(planned, n, number("alpha")), number("power"), 1e-12);
  }
}

/// The restricted maximum, found on a grid and then refined around the best point.
double searched(const TwoProportions& c, double d) {
  const auto log_likelihood = [&](double p) {
    const auto part = [](double x, double q) { return x == 0 ? 0 : x * std::log(q); };
    return part(c.reference, p) + part(c.reference_n - c.reference, 1 - p) + part(c.later, p + d) +
           part(c.later_n - c.later, 1 - p - d);
  };
  double low = std::max(0.0, -d), high = std::min(1.0, 1 - d);
  for (int round = 0; round < 12; ++round) {
    double best = low;
    const double step = (high - low) / 20;
    for (int k = 1; k <= 20; ++k)
      if (log_likelihood(low + k * step) > log_likelihood(best)) best = low + k * step;
    low = std::max(low, best - step), high = std::min(high, best + step);
  }
  return (low + high) / 2;
}

TEST(RiskDifference, OracleRestrictedMaximumOfEveryTable) {
  for (const double d : {-0.3, -0.05, 0.0, 0.15})
    for (double x1 = 0; x1 <= 9; x1 += 1)
      for (double x2 = 0; x2 <= 14; x2 += 1) {
        const TwoProportions counts{x1, 9, x2, 14};
        EXPECT_NEAR(restricted_reference(counts, d), searched(counts, d), 2e-6) << x1 << " " << x2 << " " << d;
      }
}

TEST(RiskDifference, PropertyLimitsAreWhereTheTestTurns) {
  const double z = normal_quantile(0.975);
  for (const TwoProportions& counts : {TwoProportions{5, 12, 8, 16}, {12, 40, 25, 40}, {1, 10, 9, 10}}) {
    const Estimate e = risk_difference(counts, Interval::miettinen_nurminen, Score::miettinen_nurminen, 0, 0.95);
    EXPECT_NEAR(risk_difference_score(counts, e.lower, Score::miettinen_nurminen), z, 1e-9);
    EXPECT_NEAR(risk_difference_score(counts, e.upper, Score::miettinen_nurminen), -z, 1e-9);
  }
  EXPECT_EQ(risk_difference({0, 0, 3, 5}, Interval::wald, Score::farrington_manning, 0, 0.95).status,
            Status::empty_group);
  const Estimate none =
      risk_difference({0, 10, 0, 12}, Interval::miettinen_nurminen, Score::farrington_manning, 0, 0.95);
  EXPECT_EQ(none.estimate, 0);
  EXPECT_TRUE(std::isnan(none.p_value));
  EXPECT_LT(none.lower, -0.2);
  EXPECT_GT(none.upper, 0.2);
}

}  // namespace
}  // namespace oligosim

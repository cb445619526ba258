#include "engine/statistics/categorical/odds_ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;
using Interval = OddsRatioInterval;
using Score = OddsRatioTest;

TEST(OddsRatio, ReferenceScoreTestsAndIntervals) {
  const test::ReferenceTable reference("odds_ratio.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const TwoProportions counts{number("x1"), number("n1"), number("x2"), number("n2")};
    EXPECT_NEAR(restricted_reference_of_odds(counts, number("null")), number("restricted"), 1e-10);
    const Estimate score = odds_ratio(counts, Interval::miettinen_nurminen, Score::score, number("null"), 0.95);
    EXPECT_TRUE(close(score.signed_statistic, number("z"), 1e-8));
    EXPECT_TRUE(close(score.lower, number("mn_lower"), 1e-8));
    EXPECT_TRUE(close(score.upper, number("mn_upper"), 1e-8));
    const Estimate wald = odds_ratio(counts, Interval::wald, Score::score, 1, 0.95);
    EXPECT_TRUE(close(wald.statistic * wald.statistic, number("chi_square"), 1e-10));
    EXPECT_TRUE(close(std::log(wald.estimate), number("log_ratio"), 1e-8));
    EXPECT_TRUE(close(wald.standard_error, number("standard_error"), 1e-8));
    const double half = normal_quantile(0.975) * number("standard_error");
    EXPECT_TRUE(close(wald.lower, std::exp(number("log_ratio") - half), 1e-7));
    EXPECT_TRUE(close(wald.upper, std::exp(number("log_ratio") + half), 1e-7));
    EXPECT_EQ(wald.status, std::isnan(number("log_ratio")) ? Status::separation : Status::ok);
  }
}

TEST(OddsRatio, ReferenceSampleSizes) {
  const test::ReferenceTable reference("odds_ratio_size.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const PlannedProportions planned{number("reference"), number("later"), number("null"),
                                     number("ratio") / (1 + number("ratio"))};
    const double n = odds_ratio_patients(planned, number("power"), number("alpha"));
    EXPECT_TRUE(close(n, number("n"), 1e-6));
    EXPECT_NEAR(odds_ratio_power(planned, n, number("alpha")), number("power"), 1e-12);
  }
  EXPECT_TRUE(std::isinf(odds_ratio_patients({0.3, 0.2, 1, 0.5}, 0.8, 0.025)));
}

/// z by bisection for the restricted odds, and the information of both groups.
double naive_score(const TwoProportions& c, double ratio) {
  double low = -40, high = 40;
  const auto p = [](double logit) { return 1 / (1 + std::exp(-logit)); };
  for (int k = 0; k < 200; ++k) {
    const double middle = (low + high) / 2;
    const double expected = c.reference_n * p(middle) + c.later_n * p(middle + std::log(ratio));
    (expected < c.reference + c.later ? low : high) = middle;
  }
  const double a = p(low), b = p(low + std::log(ratio));
  return (c.later - c.later_n * b) * std::sqrt(1 / (c.reference_n * a * (1 - a)) + 1 / (c.later_n * b * (1 - b)));
}

TEST(OddsRatio, OracleScoreOfEveryTable) {
  for (const double ratio : {0.05, 0.4, 1.0, 1.7, 30.0})
    for (double x1 = 0; x1 <= 9; x1 += 1)
      for (double x2 = 0; x2 <= 14; x2 += 1) {
        const TwoProportions counts{x1, 9, x2, 14};
        const double score = odds_ratio_score(counts, ratio, Score::score);
        const bool alike = x1 + x2 == 0 || x1 + x2 == 23;
        const double expected = alike ? missing : naive_score(counts, ratio);
        EXPECT_TRUE(close(score, expected, 1e-8)) << x1 << " " << x2;
      }
}

TEST(OddsRatio, PropertyLimitsAreWhereTheTestTurns) {
  const double z = normal_quantile(0.975);
  for (const TwoProportions& counts : {TwoProportions{5, 12, 8, 16},
                                       {12, 40, 25, 40},
                                       {0, 20, 5, 20},
                                       {6, 20, 0, 20},
                                       {0, 8, 9, 9},
                                       {30, 30, 0, 40}}) {
    const Estimate e = odds_ratio(counts, Interval::miettinen_nurminen, Score::miettinen_nurminen, 1, 0.95);
    const auto turns_at = [&](double limit, double score) {
      if (limit > 0 && limit < INFINITY) {
        EXPECT_NEAR(odds_ratio_score(counts, limit, Score::miettinen_nurminen), score, 1e-8);
      }
    };
    turns_at(e.lower, z), turns_at(e.upper, -z);
    EXPECT_EQ(e.lower == 0, counts.later == 0);
    EXPECT_EQ(std::isinf(e.upper), counts.reference == 0);
    EXPECT_EQ(e.status, e.lower == 0 || std::isinf(e.upper) ? Status::separation : Status::ok);
    EXPECT_FALSE(std::isnan(e.p_value));
    const TwoProportions turned{counts.later, counts.later_n, counts.reference, counts.reference_n};
    const Estimate other = odds_ratio(turned, Interval::miettinen_nurminen, Score::miettinen_nurminen, 1, 0.95);
    EXPECT_TRUE(close(1 / other.upper, e.lower, 1e-9));
    EXPECT_TRUE(close(other.statistic, -e.statistic, 1e-12));
  }
}

TEST(OddsRatio, DegenerateTablesHaveAStatus) {
  const auto of = [](const TwoProportions& c) { return odds_ratio(c, Interval::wald, Score::score, 0.7, 0.95); };
  EXPECT_EQ(of({0, 0, 3, 5}).status, Status::empty_group);
  EXPECT_EQ(of({0, 10, 0, 12}).status, Status::no_events);
  EXPECT_EQ(of({10, 10, 12, 12}).status, Status::singular);
  const Estimate none = of({0, 10, 4, 12});
  EXPECT_EQ(none.status, Status::separation);
  EXPECT_TRUE(std::isnan(none.estimate) && std::isnan(none.lower) && std::isnan(none.upper));
  EXPECT_GT(none.signed_statistic, 2);
}

TEST(OddsRatio, OracleEquivalenceIsBothOneSidedTests) {
  for (const TwoProportions& counts : {TwoProportions{40, 80, 42, 80}, {10, 40, 25, 40}, {60, 80, 50, 90}}) {
    Estimate e = odds_ratio(counts, Interval::wald, Score::score, 1, 0.95);
    test_equivalence_of_odds(e, counts, 1.8, Score::score);
    const double above = naive_score(counts, 1 / 1.8), below = -naive_score(counts, 1.8);
    EXPECT_NEAR(e.signed_statistic, std::min(above, below), 1e-9);
    EXPECT_NEAR(e.p_value, std::min(1.0, 2 * std::max(normal_cdf(-above), normal_cdf(-below))), 1e-9);
  }
}

}  // namespace
}  // namespace oligosim

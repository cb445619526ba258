// Two proportions within strata: R's mantelhaen.test and formulas written anew in R, closed forms of pairs and of one
// stratum, and strata that say nothing.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/mantel_haenszel.hpp"
#include "tests/statistics/samples.hpp"

namespace oligosim {
namespace {

using test::close;
using Interval = RiskDifferenceInterval;
using Score = RiskDifferenceTest;
using Strata = std::vector<TwoProportions>;

Strata strata_of(const test::ReferenceTable& reference, std::size_t row) {
  std::array<std::vector<double>, 4> columns;
  const char* names[] = {"x1", "n1", "x2", "n2"};
  for (std::size_t k = 0; k < 4; ++k) columns[k] = test::numbers(reference.text(row, names[k]));
  Strata strata;
  for (std::size_t h = 0; h < columns[0].size(); ++h)
    strata.push_back({columns[0][h], columns[1][h], columns[2][h], columns[3][h]});
  return strata;
}

TEST(StratifiedProportions, ReferenceRiskDifference) {
  const test::ReferenceTable reference("stratified_proportions.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const Strata strata = strata_of(reference, r);
    const Estimate score = stratified_risk_difference(strata, Interval::miettinen_nurminen, Score::farrington_manning,
                                                      number("null"), 0.95);
    EXPECT_TRUE(close(score.estimate, number("difference"), 1e-12));
    EXPECT_TRUE(close(score.standard_error, number("sato"), 1e-12));
    EXPECT_TRUE(close(score.signed_statistic, number("z_fm"), 1e-8));
    EXPECT_TRUE(close(score.lower, number("mn_lower"), 1e-7));
    EXPECT_TRUE(close(score.upper, number("mn_upper"), 1e-7));
    const Estimate wald =
        stratified_risk_difference(strata, Interval::wald, Score::miettinen_nurminen, number("null"), 0.95);
    EXPECT_TRUE(close(wald.signed_statistic, number("z_mn"), 1e-8));
    const double half = normal_quantile(0.975) * number("sato");
    EXPECT_TRUE(close(wald.lower, number("difference") - half, 1e-10));
    EXPECT_TRUE(close(wald.upper, number("difference") + half, 1e-10));
  }
}

TEST(StratifiedProportions, ReferenceCommonOddsRatio) {
  const test::ReferenceTable reference("stratified_proportions.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto number = [&](const char* name) { return reference.number(r, name); };
    const Strata strata = strata_of(reference, r);
    const Estimate e = mantel_haenszel_odds_ratio(strata, OddsRatioTest::miettinen_nurminen, 0.95);
    EXPECT_TRUE(close(e.estimate, number("odds_ratio"), 1e-12));
    EXPECT_TRUE(close(e.standard_error, number("log_se"), 1e-10));
    EXPECT_TRUE(close(e.lower, number("lower"), 1e-10));
    EXPECT_TRUE(close(e.upper, number("upper"), 1e-10));
    EXPECT_TRUE(close(e.signed_statistic, number("cmh"), 1e-10));
    const Estimate same = breslow_day_test(strata);
    EXPECT_TRUE(close(same.statistic, number("tarone"), 1e-8));
    EXPECT_TRUE(close(same.p_value, number("tarone_p"), 1e-7));
    EXPECT_EQ(same.status, std::isnan(number("tarone")) ? Status::singular : Status::ok);
  }
}

TEST(StratifiedProportions, PropertyOneStratumIsTheUnstratifiedComparison) {
  for (const TwoProportions& c : {TwoProportions{5, 12, 8, 16}, {12, 40, 25, 40}, {3, 25, 1, 30}, {1, 10, 9, 10}}) {
    const Strata one = {c}, beside = {{4, 7, 0, 0}, c, {0, 0, 0, 5}};
    for (const Score score : {Score::farrington_manning, Score::miettinen_nurminen})
      for (const Interval interval : {Interval::wald, Interval::miettinen_nurminen}) {
        const Estimate expected = risk_difference(c, interval, score, -0.1, 0.95);
        for (const Strata& strata : {one, beside}) {
          const Estimate e = stratified_risk_difference(strata, interval, score, -0.1, 0.95);
          EXPECT_TRUE(close(e.estimate, expected.estimate, 1e-13));
          EXPECT_TRUE(close(e.standard_error, expected.standard_error, 1e-12));
          EXPECT_TRUE(close(e.lower, expected.lower, 1e-10));
          EXPECT_TRUE(close(e.upper, expected.upper, 1e-10));
          EXPECT_TRUE(close(e.p_value, expected.p_value, 1e-10));
        }
      }
    for (const OddsRatioTest score : {OddsRatioTest::score, OddsRatioTest::miettinen_nurminen}) {
      const Estimate expected = odds_ratio(c, OddsRatioInterval::wald, score, 1, 0.95);
      for (const Strata& strata : {one, beside}) {
        const Estimate e = mantel_haenszel_odds_ratio(strata, score, 0.95);
        EXPECT_TRUE(close(e.estimate, expected.estimate, 1e-12));
        EXPECT_TRUE(close(e.standard_error, expected.standard_error, 1e-12));
        EXPECT_TRUE(close(e.lower, expected.lower, 1e-12));
        EXPECT_TRUE(close(e.upper, expected.upper, 1e-12));
        EXPECT_TRUE(close(e.signed_statistic, expected.signed_statistic, 1e-12));
      }
    }
    EXPECT_EQ(stratified_risk_difference(beside, Interval::wald, Score::farrington_manning, 0, 0.95).n,
              c.reference_n + c.later_n + 12);
  }
}

// Matched pairs: the test is McNemar's, the ratio that of the discordant pairs, and errors have closed forms.
TEST(StratifiedProportions, TheoryOfPairs) {
  const double both = 30, none = 45, better = 22, worse = 9, n = both + none + better + worse;
  Strata pairs;
  const auto add = [&](double count, double reference, double later) {
    for (double k = 0; k < count; ++k) pairs.push_back({reference, 1, later, 1});
  };
  add(both, 1, 1), add(none, 0, 0), add(better, 0, 1), add(worse, 1, 0);
  const Estimate ratio = mantel_haenszel_odds_ratio(pairs, OddsRatioTest::miettinen_nurminen, 0.95);
  EXPECT_TRUE(close(ratio.estimate, better / worse, 1e-12));
  EXPECT_TRUE(close(ratio.standard_error, std::sqrt(1 / better + 1 / worse), 1e-12));
  EXPECT_TRUE(close(ratio.statistic, (better - worse) / std::sqrt(better + worse), 1e-12));
  const Estimate difference =
      stratified_risk_difference(pairs, Interval::miettinen_nurminen, Score::miettinen_nurminen, 0, 0.95);
  EXPECT_TRUE(close(difference.statistic, ratio.statistic, 1e-12));
  const double d = (better - worse) / n;
  EXPECT_TRUE(close(difference.estimate, d, 1e-12));
  EXPECT_TRUE(close(difference.standard_error, std::sqrt(((better + worse) / n - d * d) / n), 1e-12));
}

TEST(StratifiedProportions, PropertyTurnedGroupsAndOrderOfStrata) {
  const Strata strata = {{12, 40, 25, 40}, {3, 20, 9, 21}, {14, 18, 25, 30}};
  Strata turned;
  for (const TwoProportions& c : strata)
    turned.insert(turned.begin(), {c.later, c.later_n, c.reference, c.reference_n});
  const auto difference = [](const Strata& s, double null) {
    return stratified_risk_difference(s, Interval::miettinen_nurminen, Score::miettinen_nurminen, null, 0.95);
  };
  const Estimate e = difference(strata, 0.1), back = difference(turned, -0.1);
  EXPECT_NEAR(back.upper, -e.lower, 1e-10);
  EXPECT_NEAR(back.standard_error, e.standard_error, 1e-14);
  EXPECT_NEAR(back.signed_statistic, -e.signed_statistic, 1e-10);
  EXPECT_NEAR(stratified_risk_difference_score(strata, e.lower, Score::miettinen_nurminen), normal_quantile(0.975),
              1e-9);
  const Estimate ratio = mantel_haenszel_odds_ratio(strata, OddsRatioTest::score, 0.95);
  const Estimate inverse = mantel_haenszel_odds_ratio(turned, OddsRatioTest::score, 0.95);
  EXPECT_TRUE(close(1 / inverse.upper, ratio.lower, 1e-12));
  EXPECT_TRUE(close(breslow_day_test(turned).statistic, breslow_day_test(strata).statistic, 1e-10));
}

TEST(StratifiedProportions, DegenerateStrataHaveAStatus) {
  const auto difference = [](const Strata& s) {
    return stratified_risk_difference(s, Interval::wald, Score::miettinen_nurminen, 0, 0.95);
  };
  const auto ratio = [](const Strata& s) {
    return mantel_haenszel_odds_ratio(s, OddsRatioTest::miettinen_nurminen, 0.95);
  };
  for (const Strata& s : {Strata{}, Strata{{0, 0, 3, 5}, {0, 0, 1, 4}}}) {
    EXPECT_EQ(difference(s).status, Status::empty_group);
    EXPECT_EQ(ratio(s).status, Status::empty_group);
    EXPECT_EQ(breslow_day_test(s).status, Status::empty_group);
  }
  const Strata apart = {{0, 0, 3, 5}, {1, 4, 0, 0}};  // no stratum has both groups
  EXPECT_EQ(difference(apart).status, Status::singular);
  EXPECT_EQ(ratio(apart).status, Status::singular);
  EXPECT_EQ(ratio(apart).n, 9);
  const Strata none = {{0, 10, 0, 12}, {0, 3, 0, 4}}, all = {{10, 10, 12, 12}, {0, 3, 0, 4}};
  EXPECT_EQ(ratio(none).status, Status::no_events);
  EXPECT_EQ(breslow_day_test(none).status, Status::no_events);
  EXPECT_EQ(ratio(all).status, Status::singular);
  for (const Strata& s : {none, all}) {
    EXPECT_EQ(difference(s).estimate, 0);
    EXPECT_EQ(difference(s).standard_error, 0);
    EXPECT_TRUE(std::isnan(difference(s).p_value));
    EXPECT_EQ(difference(s).status, Status::ok);
  }
  const Strata one_sided = {{0, 10, 4, 12}, {0, 8, 3, 7}};
  EXPECT_EQ(ratio(one_sided).status, Status::separation);
  EXPECT_TRUE(std::isnan(ratio(one_sided).estimate) && std::isnan(ratio(one_sided).lower));
  EXPECT_GT(ratio(one_sided).signed_statistic, 2);
  EXPECT_EQ(breslow_day_test(one_sided).status, Status::separation);
  EXPECT_EQ(breslow_day_test(Strata{{2, 5, 3, 6}, {0, 4, 0, 3}}).status, Status::singular);
  // Where all later patients of each stratum succeed and no others do, Sato's variance is 0.
  EXPECT_NEAR(difference(Strata{{0, 5, 3, 3}, {0, 2, 9, 9}}).standard_error, 0, 1e-8);
}

}  // namespace
}  // namespace oligosim

// The odds ratio of a response and of survival at a milestone: whole trials against every pair of counts, the formula
// beside them, true values, and mistakes.
#include "engine/statistics/categorical/odds_ratio.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"
#include "tests/models/design/response_study.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

const std::string response = "method: odds_ratio, outcome: or, by: arm";

/// Power among all pairs of counts of 30 and 60 patients; the restricted odds by bisection. `equivalent`: of both
/// one-sided tests.
double enumerated(double later, double null, double alpha, bool equivalent) {
  const auto p = [](double logit) { return 1 / (1 + std::exp(-logit)); };
  const auto score = [&](int x, int y, double ratio) {
    double low = -40, high = 40;
    for (int k = 0; k < 100; ++k) {
      const double middle = (low + high) / 2;
      (30 * p(middle) + 60 * p(middle + std::log(ratio)) < x + y ? low : high) = middle;
    }
    const double a = p(low), b = p(low + std::log(ratio));
    return (y - 60 * b) * std::sqrt(1 / (30 * a * (1 - a)) + 1 / (60 * b * (1 - b)));
  };
  const boost::math::binomial_distribution<> first(30, 0.3), second(60, later);
  double power = 0;
  for (int x = 0; x <= 30; ++x)
    for (int y = 0; y <= 60; ++y) {
      if (x + y == 0 || x + y == 90) continue;
      const double z = equivalent ? std::min(score(x, y, 1 / null), -score(x, y, null)) : score(x, y, null);
      if (z >= normal_quantile(1 - alpha)) power += pdf(first, x) * pdf(second, y);
    }
  return power;
}

TEST(OddsRatioDesign, TheoryPowerOfSuperiorityAndNonInferiority) {
  for (const auto& [later, null] : {std::pair{0.55, 1.0}, {0.3, 1.0}, {0.45, 0.6}, {0.3 * 0.5 / 0.85, 0.5}}) {
    const Study study = study_from(response_study(response + fmt::format(", null_value: {}", null), later, 20000));
    const auto rows = run_in_memory(study);
    const Measure& reject = row_of(rows, "base", "reject", "orr").measure;
    const double expected = enumerated(later, null, 0.05, false);
    EXPECT_NEAR(reject.value, expected, 4 * std::sqrt(expected * (1 - expected) / 20000)) << later << " " << null;
    const auto formula = proportions_formula(study.scenarios[0]);
    ASSERT_TRUE(formula);
    EXPECT_NEAR(formula->power, expected, 0.03);  // a large-sample formula for 90 patients
    const double truth = later / (1 - later) / (0.3 / 0.7);
    const SummaryRow& median = row_of(rows, "base", "median", "orr", "odds_ratio");
    EXPECT_NEAR(median.truth, truth, 1e-12);
    EXPECT_NEAR(median.measure.value, truth, 0.1 * truth);
    EXPECT_NEAR(row_of(rows, "base", "coverage", "orr", "odds_ratio").measure.value, 0.95, 0.02);
  }
}

TEST(OddsRatioDesign, TheoryEquivalence) {
  const Study study = study_from(response_study(response + ", null_value: 3, equivalence: true", 0.3, 20000));
  const auto rows = run_in_memory(study);
  const double expected = enumerated(0.3, 3, 0.05, true);
  EXPECT_GT(expected, 0.3);
  EXPECT_NEAR(row_of(rows, "base", "reject", "orr").measure.value, expected,
              4 * std::sqrt(expected * (1 - expected) / 20000));
  EXPECT_FALSE(proportions_formula(study.scenarios[0]));
}

// Everybody is followed beyond 12 months, so that survival there is a proportion: the same estimate, and Woolf's error.
TEST(OddsRatioDesign, OracleMilestoneWithoutCensoringIsThatOfAProportion) {
  std::string text =
      response_study("method: milestone, endpoint: os, by: arm, at_months: [12], measure: odds_ratio", 0.3, 50, 12.5);
  text.replace(text.find("  endpoints:"), 12,
               "  derive: {alive: {cases: [{when: {os_d: {above: 365.25}}, value: 1}], "
               "otherwise: 0}}\n  endpoints:");
  text.insert(text.rfind("]"), ", {name: count, method: odds_ratio, outcome: alive, by: arm}");
  const Study study = study_from(text);
  const TrialExperiment experiment(study.scenarios[0], study.seed);
  Arena arena;
  int compared = 0;
  for (std::uint32_t replicate = 1; replicate <= 50; ++replicate) {
    arena.reset();
    const auto record = experiment.record(replicate, arena);
    const Estimate &curve = record.estimates[0], &count = record.estimates[1];
    ASSERT_EQ(curve.status, count.status);
    if (curve.status != Status::ok) continue;
    EXPECT_NEAR(curve.estimate, count.estimate, 1e-9 * count.estimate);
    EXPECT_NEAR(curve.standard_error, count.standard_error, 1e-9);
    EXPECT_NEAR(curve.upper, count.upper, 1e-8 * count.upper);
    EXPECT_NEAR(curve.statistic, std::log(count.estimate) / count.standard_error, 1e-8);
    ++compared;
  }
  EXPECT_GT(compared, 40);
}

TEST(OddsRatioDesign, ContractMistakes) {
  const std::string out = "is out of range (a number from 0.01 to 100)";
  EXPECT_THAT(mistakes(response_study(response + ", null_value: -0.1", 0.5)),
              HasSubstr("plan.analyses[0].null_value: -0.1 " + out));
  EXPECT_THAT(mistakes(response_study(response + ", null_value: 0.8, equivalence: true", 0.5)),
              HasSubstr("null_value: of an equivalence is the upper limit of the ratio (a number above 1)"));
  EXPECT_THAT(mistakes(response_study(response + ", interval: newcombe", 0.5)),
              HasSubstr("'newcombe' is not an interval (wald or miettinen_nurminen)"));
  const std::string survival = "method: milestone, endpoint: os, by: arm, at_months: [12], measure: odds_ratio";
  EXPECT_THAT(mistakes(response_study(survival + ", null_value: -0.1", 0.5)), HasSubstr("null_value: -0.1 " + out));
  EXPECT_THAT(mistakes(response_study(survival + ", test: log_log", 0.5)),
              HasSubstr("test: stands beside measure: odds_ratio"));
}

}  // namespace
}  // namespace oligosim

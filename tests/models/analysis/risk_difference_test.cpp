// Superiority and non-inferiority on response: simulated against every pair of counts, and mistakes.
#include "engine/statistics/categorical/risk_difference.hpp"

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

std::string study_of(const std::string& analysis, double later, int replicates = 100) {
  return response_study("method: risk_difference, " + analysis, later, replicates);
}

/// Power among all pairs of counts of 30 and 60 patients, with the sample's own test written anew: the squared score
/// by the variance under p + d = q.
double enumerated(double reference, double later, double null, double alpha) {
  const boost::math::binomial_distribution<> first(30, reference), second(60, later);
  double power = 0;
  for (int x = 0; x <= 30; ++x)
    for (int y = 0; y <= 60; ++y) {
      const TwoProportions counts{double(x), 30, double(y), 60};
      const double p = restricted_reference(counts, null), q = p + null;
      const double z = (y / 60.0 - x / 30.0 - null) / std::sqrt(p * (1 - p) / 30 + q * (1 - q) / 60);
      if (z >= normal_quantile(1 - alpha)) power += pdf(first, x) * pdf(second, y);
    }
  return power;
}

TEST(RiskDifferenceDesign, TheoryPowerOfSuperiorityAndNonInferiority) {
  for (const auto& [later, null] : {std::pair{0.55, 0.0}, {0.3, 0.0}, {0.4, -0.15}, {0.15, -0.15}}) {
    const Study study = study_from(study_of(fmt::format("outcome: or, by: arm, null_value: {}", null), later, 20000));
    const auto rows = run_in_memory(study);
    const Measure& reject = row_of(rows, "base", "reject", "orr").measure;
    const double expected = enumerated(0.3, later, null, 0.05);
    EXPECT_NEAR(reject.value, expected, 4 * std::sqrt(expected * (1 - expected) / 20000)) << later << " " << null;
    const auto formula = proportions_formula(study.scenarios[0]);
    ASSERT_TRUE(formula);
    EXPECT_NEAR(formula->power, expected, 0.03);  // a large-sample formula for 90 patients
    const SummaryRow& mean = row_of(rows, "base", "mean", "orr", "risk_difference");
    EXPECT_NEAR(mean.truth, later - 0.3, 1e-15);
    EXPECT_NEAR(mean.measure.value, later - 0.3, 4 * mean.measure.mcse);
    EXPECT_NEAR(row_of(rows, "base", "coverage", "orr", "risk_difference").measure.value, 0.95, 0.02);
  }
}

TEST(RiskDifferenceDesign, PropertyMissingOutcomesFailOrAreLeftOut) {
  const std::string early = "{min_follow_up_months: 3.5}";
  std::string text = study_of("outcome: or, by: arm, missing: failure, interval: [newcombe, wald]", 0.9, 200);
  text.replace(text.find(early), early.size(), "{min_follow_up_months: 0.5}");
  const auto rows = run_in_memory(study_from(text), 2, false);
  std::string left_out = text;
  left_out.replace(left_out.find("failure"), 7, "exclude");
  const auto known = run_in_memory(study_from(left_out), 2, false);
  EXPECT_LT(row_of(rows, "base", "mean", "orr", "risk_difference").measure.value,
            row_of(known, "base", "mean", "orr", "risk_difference").measure.value - 0.05);
}

TEST(RiskDifferenceDesign, Mistakes) {
  EXPECT_THAT(mistakes(study_of("outcome: or, by: arm, null_value: 1.2", 0.5)),
              HasSubstr("plan.analyses[0].null_value: 1.2 is out of range (a number above -1 and below 1)"));
  EXPECT_THAT(mistakes(study_of("outcome: or", 0.5)), HasSubstr("plan.analyses[0].by: missing"));
  EXPECT_THAT(mistakes(study_of("outcome: or, by: arm, interval: score", 0.5)),
              HasSubstr("'score' is not an interval (miettinen_nurminen, newcombe or wald)"));
}

}  // namespace
}  // namespace oligosim

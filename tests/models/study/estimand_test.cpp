// An analysis whose estimand is another's.
#include <gmock/gmock.h>

#include "models/study/truth.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

/// `survival` is by arm, `one` of one arm; `more` comes behind.
std::string study_with(const std::string& more) {
  return two_arm_study(100, 50,
                       "    - {name: effect, method: cox, endpoint: os, terms: [arm]}\n"
                       "    - {name: survival, method: kaplan_meier, endpoint: os, by: arm, at_months: [6]}\n"
                       "    - {name: one, method: kaplan_meier, endpoint: os, at_months: [6, 12], population: one}\n" +
                           more + "  populations: {one: {arm: experimental}}\n");
}

TrueValue truth_of(const Scenario& scenario, const std::vector<TrueValue>& values, const std::string& analysis,
                   const std::string& parameter) {
  const std::vector<EstimateLabel>& labels = scenario.plan->labels();
  for (std::size_t k = 0; k < labels.size(); ++k)
    if (labels[k].analysis == analysis && labels[k].parameter == parameter) return values[k];
  throw std::runtime_error(analysis);
}

TEST(Estimand, PropertyTrueValuesAreThoseOfTheOther) {
  const Study study = study_from(
      study_with("    - {name: both, method: kaplan_meier, endpoint: os, at_months: [6], estimand: one}\n"
                 "    - {name: third, method: milestone, endpoint: os, by: arm, at_months: [6]}\n"
                 "    - {name: fourth, method: kaplan_meier, endpoint: os, at_months: [6], estimand: both}\n"
                 "    - {name: firth, method: cox, endpoint: os, terms: [arm], penalty: firth, estimand: effect}\n"));
  const Scenario& scenario = study.scenarios[0];
  scenario.prepare(2);
  const std::vector<TrueValue> own = simulated_values(scenario, study.seed, {20000}, 2);
  const std::vector<TrueValue> values = true_values(scenario, study.seed, {20000}, 2);
  const double wanted = truth_of(scenario, values, "one", "survival").value;
  EXPECT_EQ(truth_of(scenario, values, "both", "survival").value, wanted);
  EXPECT_EQ(truth_of(scenario, values, "fourth", "survival").value, wanted);
  EXPECT_NE(truth_of(scenario, own, "both", "survival").value, wanted);
  EXPECT_EQ(truth_of(scenario, values, "firth", "hazard_ratio").value,
            truth_of(scenario, values, "effect", "hazard_ratio").value);
}

TEST(Estimand, DegenerateOthersAreRefused) {
  const auto with = [](const std::string& keys) {
    return mistakes(study_with("    - {name: x, method: kaplan_meier, endpoint: os, " + keys + "}\n"));
  };
  EXPECT_THAT(with("at_months: [6], estimand: y"), HasSubstr("estimand: 'y' is not a"));
  EXPECT_THAT(with("at_months: [6], estimand: x"), HasSubstr("estimand: 'x' is not a"));
  EXPECT_THAT(with("at_months: [7], estimand: one"), HasSubstr("estimand: 'one' has no 'survival at month 7 (log)'"));
  EXPECT_THAT(with("at_months: [6], estimand: survival"), HasSubstr("or several"));
  EXPECT_EQ(with("at_months: [6], by: arm, estimand: survival"), "");
}

}  // namespace
}  // namespace oligosim

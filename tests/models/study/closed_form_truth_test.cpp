// Where the disease model's closed forms are the true values of a plan's numbers, and where they only look alike.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "models/study/closed_form/closed_form.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

/// Two arms with a median of 10 months in control; `endpoint` and `analyses` of the plan, indented by four.
std::string study_text(const std::string& effect, const std::string& derive, const std::string& endpoint,
                       const std::string& analyses) {
  return R"(study: closed forms
seed: 3
disease: {model: survival, os: {median_months: 10}, outcomes: {switched: {probability: 0.5}}}
arms: {control: {}, drug: {effects: {os: )" +
         effect + R"(}}}
trial: {enrollment: {patients: 200, over_months: 12}, dropout: {probability: 0.3, by_month: 12}}
design: {kind: fixed, primary: test, looks: [{at_month: 36}]}
truth: {patients: 100000}
plan:
  time_unit: days
)" + derive +
         R"(  endpoints:
    whole: {time: os_d, event: os_e}
    other: )" +
         endpoint +
         R"(
  analyses:
    - {name: test, method: log_rank, endpoint: whole, by: arm}
)" + analyses;
}

Study study_with(const std::string& effect, const std::string& derive, const std::string& endpoint,
                 const std::string& analyses) {
  return study_from(study_text(effect, derive, endpoint, analyses));
}

/// The same of another curve of the endpoint.
Study study_of_curve(const std::string& model, const std::string& effect, const std::string& analyses) {
  std::string text = study_text(effect, "", "{time: os_d, event: os_e}", analyses);
  const std::string usual = "os: {median_months: 10}";
  return study_from(text.replace(text.find(usual), usual.size(), "os: " + model));
}

const std::string both_curves =
    "    - {name: whole, method: kaplan_meier, endpoint: whole, by: arm, at_months: [9]}\n"
    "    - {name: other, method: kaplan_meier, endpoint: other, by: arm, at_months: [9]}\n";

struct Truth {
  TrueValue value;
  bool closed;
};

Truth truth_of(const Study& study, const std::string& analysis, const std::string& group,
               const std::string& parameter) {
  const Scenario& scenario = study.scenarios.front();
  const std::vector<EstimateLabel>& labels = scenario.plan->labels();
  const std::vector<TrueValue> values = true_values(scenario, study.seed, {study.truth_patients}, 2);
  for (std::size_t k = 0; k < labels.size(); ++k)
    if (labels[k].analysis == analysis && labels[k].group == group && labels[k].parameter == parameter)
      return {values[k], closed_form_truth(scenario, labels[k]).has_value()};
  ADD_FAILURE() << analysis << ' ' << group << ' ' << parameter;
  return {};
}

void expect_simulated(const Truth& truth, double expected) {
  EXPECT_FALSE(truth.closed);
  EXPECT_GT(truth.value.standard_error, 0);
  EXPECT_NEAR(truth.value.value, expected, 4 * truth.value.standard_error);
}

void expect_closed(const Truth& truth, double expected) {
  EXPECT_TRUE(truth.closed);
  EXPECT_NEAR(truth.value.value, expected, 1e-12);
}

double survival(double hazard_ratio, double months) {
  return std::exp(-hazard_ratio * months * std::numbers::ln2 / 10);
}

// The effect begins in month 3: from that landmark on the hazards are proportional.
TEST(ClosedFormTruth, OracleFromALandmarkOnItIsAnotherEndpoint) {
  const Study study = study_with("{hazard_ratio: 0.6, from_month: 3}", "", "{of: whole, landmark_months: 3}",
                                 both_curves + "    - {name: cox, method: cox, endpoint: other, terms: [arm]}\n");
  expect_closed(truth_of(study, "whole", "drug", "survival"), survival(1, 3) * survival(0.6, 6));
  expect_simulated(truth_of(study, "other", "drug", "survival"), survival(0.6, 9));
  expect_simulated(truth_of(study, "other", "control", "survival"), survival(1, 9));
  const Truth ratio = truth_of(study, "cox", "", "log_hazard_ratio");
  expect_simulated(ratio, std::log(0.6));
  EXPECT_TRUE(modelled_endpoint(study.scenarios.front(), "other").empty());
}

// The ratio that a Cox model comes to rests on who is followed until when: of an effect that begins late it is nearer
// to 1 where the arm that has it loses more. A large trial says the same.
TEST(ClosedFormTruth, OracleCoxOfArmsThatLosePatientsDifferently) {
  const std::string text = study_text("{hazard_ratio: 0.5, from_month: 6}", "", "{of: whole, landmark_months: 0.001}",
                                      "    - {name: cox, method: cox, endpoint: whole, terms: [arm]}\n"
                                      "    - {name: again, method: cox, endpoint: other, terms: [arm]}\n");
  const auto of = [&](const std::string& loss) {
    std::string own = text;
    const Study study = study_from(own.replace(own.find("0.3, by_month: 12}"), 18, loss));
    const Truth truth = truth_of(study, "cox", "", "log_hazard_ratio"),
                simulated = truth_of(study, "again", "", "log_hazard_ratio");
    EXPECT_TRUE(truth.closed);
    expect_simulated(simulated, truth.value.value);
    return truth.value.value;
  };
  const double same = of("0.3, by_month: 12}");
  EXPECT_GT(of("0.3, by_month: 12, by_arm: {drug: {probability: 0.9}}}"), same + 0.05);
  of("0.3, by_month: 12, by_arm: {control: {probability: 0.9}}}");
}

// A hazard that changes late is not proportional: the ratio of a look at month 180 lies between 1 and that of the end.
TEST(ClosedFormTruth, OracleAHazardThatChangesAfterYears) {
  for (const char* month : {"52", "60", "66", "150"}) {
    Study study =
        study_with("{hazard_ratio: 0.4, from_month: " + std::string(month) + "}", "", "{time: os_d, event: os_e}",
                   "    - {name: cox, method: cox, endpoint: whole, terms: [arm]}\n");
    const Scenario& scenario = study.scenarios.front();
    const auto arms = two_arms(scenario, scenario.plan->labels().front());
    ASSERT_TRUE(arms);
    EXPECT_FALSE(constant_hazard_ratio(arms->first, arms->second)) << month;
  }
}

// A curve that stays at one half has its median where it comes there; one that only comes near it has none.
TEST(ClosedFormTruth, OracleMediansOfCurvesThatBecomeFlat) {
  const std::string curve = "    - {name: whole, method: kaplan_meier, endpoint: whole, by: arm, quantiles: [0.5]}\n";
  const auto median = [&](const std::string& effect, const std::string& model) {
    const Study study = study_of_curve(model, effect, curve);
    const Scenario& scenario = study.scenarios.front();
    for (const EstimateLabel& label : scenario.plan->labels())
      if (label.parameter == "quantile" && label.group == "drug") return closed_form_truth(scenario, label);
    return std::optional<double>(-1);
  };
  EXPECT_EQ(median("{hazard_ratio: 0, from_month: 6}", "{median_months: 6}"), 6);
  const auto none = [&](const std::string& effect, const std::string& model) {
    return std::isnan(median(effect, model).value());
  };
  EXPECT_TRUE(none("{hazard_ratio: 0, from_month: 5.9}", "{median_months: 6}"));
  EXPECT_NEAR(median("{hazard_ratio: 0.5, from_month: 5}", "{median_months: 6}").value(), 7, 1e-10);
  EXPECT_TRUE(none("{hazard_ratio: 1}", "{cured: 0.5, scale_months: 5}"));
  EXPECT_TRUE(none("{hazard_ratio: 0.5}", "{cured: 0.5, scale_months: 5}"));
  EXPECT_NEAR(median("{hazard_ratio: 1}", "{cured: 0.49, scale_months: 5}").value(), 5 * std::log(51), 1e-9);
}

// A large trial's curve could fall to one half by chance.
TEST(ClosedFormTruth, OracleAMedianThatIsNeverReachedIsNotSimulated) {
  const Study study = study_of_curve("{cured: 0.5, scale_months: 5}", "{hazard_ratio: 1}", both_curves);
  for (const char* arm : {"control", "drug"}) {
    const TrueValue median = truth_of(study, "whole", arm, "quantile").value;
    EXPECT_TRUE(std::isnan(median.value) && median.closed_form);
  }
}

TEST(ClosedFormTruth, OracleCoxWithSeveralIntervalsIsTheSameNumber) {
  const Study study =
      study_with("{hazard_ratio: 0.6}", "", "{time: os_d, event: os_e}",
                 "    - {name: cox, method: cox, endpoint: whole, terms: [arm], interval: [wald, robust], "
                 "concordance: true}\n");
  expect_closed(truth_of(study, "cox", "", "log_hazard_ratio"), std::log(0.6));
}

// An exponential time has the mean (1 - S(t)) / hazard until t.
TEST(ClosedFormTruth, OracleContrastsOfCurvesAtAMonth) {
  const Study study =
      study_with("{hazard_ratio: 0.6, from_month: 3}", "", "{time: os_d, event: os_e}",
                 "    - {name: milestone, method: milestone, endpoint: whole, by: arm, at_months: [9]}\n"
                 "    - {name: odds, method: milestone, measure: odds_ratio, endpoint: whole, by: arm, "
                 "at_months: [9]}\n"
                 "    - {name: rmst, method: rmst, endpoint: whole, by: arm, at_months: [9]}\n");
  const double control = survival(1, 9), drug = survival(1, 3) * survival(0.6, 6);
  expect_closed(truth_of(study, "milestone", "", "survival_difference"), drug - control);
  expect_closed(truth_of(study, "odds", "", "survival_odds_ratio"), drug / (1 - drug) / (control / (1 - control)));
  const double hazard = std::numbers::ln2 / 10, mean = (1 - control) / hazard;
  const double mean_of_drug = (1 - survival(1, 3)) / hazard + survival(1, 3) * (1 - survival(0.6, 6)) / (0.6 * hazard);
  expect_closed(truth_of(study, "rmst", "control", "rmst"), mean);
  expect_closed(truth_of(study, "rmst", "drug", "rmst"), mean_of_drug);
  expect_closed(truth_of(study, "rmst", "", "rmst_difference"), mean_of_drug - mean);
  expect_closed(truth_of(study, "rmst", "", "rmst_ratio"), mean_of_drug / mean);
}

// Losses to follow-up, 0.3 by month 12, where the codes are exchanged.
TEST(ClosedFormTruth, OracleCodesExchangedCountLosses) {
  for (const char* endpoint :
       {"{time: os_d, censor: os_e}", "{time: os_d, event: os_e, event_value: 0, censored_value: 1}"}) {
    const Study study = study_with("{hazard_ratio: 0.6}", "", endpoint, both_curves);
    expect_closed(truth_of(study, "whole", "drug", "survival"), survival(0.6, 9));
    expect_simulated(truth_of(study, "other", "drug", "survival"), std::pow(0.7, 9.0 / 12));
  }
}

// Half of the patients of control are treated: those that count as control are a mixture of no arm.
TEST(ClosedFormTruth, OracleGroupsNamedAsTheArmsAreNotTheArms) {
  const Study study =
      study_with("{hazard_ratio: 0.3}",
                 "  derive: {treated: {cases: [{when: {arm: control}, value: control}, {when: {switched: 1}, value: "
                 "drug}], otherwise: control}}\n",
                 "{time: os_d, event: os_e}",
                 "    - {name: treated, method: kaplan_meier, endpoint: whole, by: treated, at_months: [9]}\n");
  expect_simulated(truth_of(study, "treated", "control", "survival"), (2 * survival(1, 9) + survival(0.3, 9)) / 3);
}

}  // namespace
}  // namespace oligosim

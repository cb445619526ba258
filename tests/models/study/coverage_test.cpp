// Coverage where theory says what it is, and true values against closed forms.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

constexpr const char* study_text = R"(
study: coverage
seed: 99
replicates: 20000
disease: {os: {median_months: 5.2}, outcomes: {response: {probability: 0.4722222222222222}}}
arms:
  control: {}
  experimental: {effects: {os: {hazard_ratio: 0.6}}}
trial: {enrollment: {patients: 136, over_months: 24}, randomization: {blocks: [4]}}
design: {kind: fixed, primary: cox, looks: [{at_month: 36}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: cox, method: cox, endpoint: os, terms: [arm]}
    - {name: survival, method: kaplan_meier, endpoint: os, by: arm, at_months: [6], interval: [log, log_log]}
    - {name: orr, method: proportion, outcome: response}
scenarios:
  proportional: {}
  delayed: {arms.experimental.effects.os: {hazard_ratio: 0.6, from_month: 3}}
)";

TEST(Coverage, StatisticalCoxIntervalIsNearNominalAlsoUnderNonProportionalHazards) {
  const auto rows = run_in_memory(study_from(study_text));
  for (const char* scenario : {"proportional", "delayed"}) {
    const SummaryRow& coverage = row_of(rows, scenario, "coverage", "cox", "hazard_ratio");
    fmt::print("{}: coverage {:.4f} (mcse {:.4f}), truth {:.6f}\n", scenario, coverage.measure.value,
               coverage.measure.mcse, coverage.truth);
    EXPECT_NEAR(coverage.measure.value, 0.95, 0.006);  // Wald at about 120 events: within half a point of nominal
    const double total = coverage.measure.value +
                         row_of(rows, scenario, "miss_below", "cox", "hazard_ratio").measure.value +
                         row_of(rows, scenario, "miss_above", "cox", "hazard_ratio").measure.value;
    EXPECT_NEAR(total, 1, 1e-12);
  }
}

// The least-false hazard ratio of a three-month delay: quadrature gives 0.725204072683 (uniform accrual 24 + 12).
TEST(Truth, OracleLeastFalseHazardRatioOfADelayedEffect) {
  const Study study = study_from(study_text);
  ASSERT_EQ(study.scenarios[1].plan->labels()[0].parameter, "hazard_ratio");
  const auto closed = true_values(study.scenarios[1], study.seed, {study.truth_patients}, 2);
  EXPECT_EQ(closed[0].standard_error, 0);
  EXPECT_NEAR(std::log(closed[0].value), -0.321302184172, 1e-10);
  EXPECT_NEAR(true_values(study.scenarios[0], study.seed, {study.truth_patients}, 2)[0].value, 0.6, 1e-12);
  const auto truths = simulated_values(study.scenarios[1], study.seed, {study.truth_patients}, 2);
  const auto proportional = simulated_values(study.scenarios[0], study.seed, {study.truth_patients}, 2);
  EXPECT_LT(truths[0].standard_error, 0.003);
  EXPECT_NEAR(std::log(truths[0].value), -0.321302184172, 4 * truths[0].standard_error);
  EXPECT_NEAR(std::log(proportional[0].value), std::log(0.6), 4 * proportional[0].standard_error);
}

// Delayed effect, control median 5.2 (hazard ratio 1 to month 3, then 0.6): survival at 12 months and the median.
TEST(Truth, OracleSurvivalAndMedianOfADelayedEffect) {
  std::string text = study_text;
  text.replace(text.find("at_months: [6]"), 14, "at_months: [12]");
  const Study study = study_from(text);
  const auto closed = true_values(study.scenarios[1], study.seed, {study.truth_patients}, 2);
  const auto simulated = simulated_values(study.scenarios[1], study.seed, {study.truth_patients}, 2);
  const auto& labels = study.scenarios[1].plan->labels();
  int checked = 0;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (labels[k].method != "kaplan_meier" || labels[k].group != "experimental") continue;
    const double expected = labels[k].parameter == "survival" ? 0.326377924427 : 20.0 / 3;
    EXPECT_NEAR(closed[k].value, expected, 1e-9);
    EXPECT_NEAR(simulated[k].value, expected, 4 * simulated[k].standard_error);
    ++checked;
  }
  EXPECT_EQ(checked, 4);
}

// 36 patients, p = 17/36: enumeration gives 0.971442 for Clopper-Pearson and 0.935189 for Wilson.
TEST(Coverage, StatisticalClopperPearsonIsAsConservativeAsEnumerationSays) {
  const auto rows = run_in_memory(study_from(R"(
study: one arm
seed: 5
replicates: 40000
disease: {os: {median_months: 10}, outcomes: {response: {probability: 0.4722222222222222}}}
arms: {sbrt: {}}
trial: {enrollment: {patients: 36, over_months: 12}}
design: {kind: fixed, primary: trend, looks: [{at_month: 24}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: trend, method: cox, endpoint: os, terms: [response]}
    - {name: exact, method: proportion, outcome: response, interval: clopper_pearson}
    - {name: score, method: proportion, outcome: response, interval: wilson}
)"));
  const Measure exact = row_of(rows, "base", "coverage", "exact", "proportion").measure;
  const Measure score = row_of(rows, "base", "coverage", "score", "proportion").measure;
  EXPECT_NEAR(exact.value, 0.971442, 4 * exact.mcse);
  EXPECT_NEAR(score.value, 0.935189, 4 * score.mcse);
}

}  // namespace
}  // namespace oligosim

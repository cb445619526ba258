// The true values of all scenarios of a study, some of them found beside each other.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "models/study/truth_file.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

const std::string analyses =
    "    - {name: effect, method: cox, endpoint: os, terms: [arm]}\n"
    "    - {name: two_terms, method: cox, endpoint: os, terms: [arm, enrollment_d]}\n";

/// A scenario with an effect that comes late, drawn medians, and three with different medians.
Study several_scenarios() {
  const std::string late = "  late: {arms.experimental.effects.os: {hazard_ratio: 0.6, from_month: 3}}\n";
  const std::string drawn = "  drawn: {disease.posterior: {draws: 3, values: {os.median_months: [8, 10, 14]}}}\n";
  const std::string grid = "  grid: {disease.os.median_months: [6, 9, 12]}\n";
  return study_from(two_arm_study(60, 60, analyses) + "scenarios:\n" + late + drawn + grid);
}

TEST(TruthsOfScenarios, ReproducibilityTheSameBitsForAnyNumberOfThreads) {
  const Study study = several_scenarios();
  ASSERT_EQ(study.scenarios.size(), 5u);
  const std::vector<TruthsOfDraws> one = truths_of(study, 1);
  EXPECT_EQ(text_of_truths("key", one), text_of_truths("key", truths_of(study, 2)));
  EXPECT_EQ(text_of_truths("key", one), text_of_truths("key", truths_of(study, 7)));
  // Each where it belongs.
  for (std::size_t s = 0; s < one.size(); ++s) {
    const Scenario& scenario = study.scenarios[s];
    EXPECT_EQ(one[s].each.size(), scenario.draws.size()) << scenario.name;
    if (!scenario.draws.empty()) continue;
    const auto simulated = [](const TrueValue& value) { return value.standard_error > 0; };
    EXPECT_TRUE(std::ranges::any_of(one[s].mean, simulated)) << scenario.name;
    const std::vector<TrueValue> own = true_values(scenario, study.seed, {study.truth_patients}, 1);
    for (std::size_t k = 0; k < own.size(); ++k)
      EXPECT_TRUE(own[k].value == one[s].mean[k].value || std::isnan(own[k].value)) << scenario.name << ' ' << k;
  }
}

TEST(TruthsOfScenarios, OracleAsManyAtOnceAsTheirPatientsHaveRoom) {
  Study study = several_scenarios();  // four of them not drawn
  EXPECT_EQ(scenarios_at_once(study, 1), 1u);
  EXPECT_EQ(scenarios_at_once(study, 3), 3u);
  EXPECT_EQ(scenarios_at_once(study, 16), 4u);
  study.truth_patients = 1000000;  // 16 667 trials of 60: a few more
  EXPECT_EQ(scenarios_at_once(study, 16), 2u);
  study.truth_patients = 3000000;
  EXPECT_EQ(scenarios_at_once(study, 16), 1u);
}

/// True values whose errors come from limits, with limits of such a confidence.
std::vector<TrueValue> values_with(const std::string& confidence) {
  std::string text = two_arm_study(60, 60,
                                   "    - {name: effect, method: log_rank, endpoint: os, by: arm}\n"
                                   "    - {name: fisher, method: fisher_exact, rows: arm, columns: response}\n");
  text.insert(text.find("  endpoints:"), "  confidence: " + confidence + "\n");
  text.replace(text.find("disease: {"), 10, "disease: {outcomes: {response: {probability: 0.4}}, ");
  const Study study = study_from(text);
  return simulated_values(study.scenarios.front(), study.seed, {study.truth_patients}, 2);
}

// The odds ratio of 40 000 patients: sqrt(4 / (10 000 * 0.4 * 0.6 * 2)) on the log scale.
TEST(TruthsOfScenarios, OracleErrorsFromLimitsAreOfOneScaleWhateverTheirConfidence) {
  const std::vector<TrueValue> usual = values_with("0.95"), narrow = values_with("0.8");
  const double expected = std::sqrt(2 / (20000 * 0.4 * 0.6));
  int checked = 0;
  for (std::size_t k = 0; k < usual.size(); ++k) {
    if (std::isnan(usual[k].value)) continue;
    EXPECT_NEAR(usual[k].standard_error, expected, 0.03 * expected) << k;
    EXPECT_NEAR(narrow[k].standard_error, expected, 0.03 * expected) << k;
    ++checked;
  }
  EXPECT_GT(checked, 0);
}

// Progression is seen at visits three months apart: the limits of the median are the same visit, its error 0.
TEST(TruthsOfScenarios, OracleTheSourceIsSaidOfWhatWasSimulated) {
  const Study study = study_from(R"(study: visits
disease: {pfs: {median_months: 7, known_at: visit}}
arms: {control: {}, experimental: {}}
trial: {enrollment: {patients: 60, over_months: 6}, visits: {months: [3], then_every_months: 3}}
design: {kind: fixed, primary: test, looks: [{at_month: 24}]}
truth: {patients: 40000}
plan:
  time_unit: days
  endpoints: {pfs: {time: pfs_d, event: pfs_e}}
  analyses:
    - {name: test, method: log_rank, endpoint: pfs, by: arm}
    - {name: km, method: kaplan_meier, endpoint: pfs, by: arm}
)");
  const Scenario& scenario = study.scenarios.front();
  const auto truths = true_values(scenario, study.seed, {study.truth_patients}, 2);
  const std::string csv = truth_csv({"base"}, scenario.plan->labels(), {truths});
  EXPECT_EQ(csv.find("closed form"), std::string::npos) << csv;
  EXPECT_NE(csv.find(",9,0,large trial"), std::string::npos) << csv;
}

}  // namespace
}  // namespace oligosim

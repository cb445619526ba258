// Parts of a study that its disease model does not read are refused rather than ignored.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

std::string study(const std::string& disease, const std::string& rest) {
  return "study: parts\ndisease: " + disease + R"(
arms: {control: {}, experimental: {}}
design: {kind: fixed, primary: effect, looks: [{at_month: 24}]}
plan:
  time_unit: days
  endpoints: {pfs: {time: pfs_d, event: pfs_e}}
  analyses: [{name: effect, method: log_rank, endpoint: pfs, by: arm}]
)" + rest;
}

const char* const at_once = "{pfs: {median_months: 6}}";
const char* const no_visits = "trial: {enrollment: {patients: 100, over_months: 5}}\n";
const char* const visits =
    "trial: {enrollment: {patients: 100, over_months: 5}, visits: {months: [2], then_every_months: 2}}\n";

TEST(UnusedParts, ContractVisitsAtWhichNothingBecomesKnownAreRefused) {
  EXPECT_THAT(mistakes(study(at_once, visits)),
              HasSubstr("study.yaml:9:62: trial.visits: does nothing: every event is known when it happens (known_at: "
                        "visit, in disease, or leave it out)"));
  const char* const two = "{model: illness_death, pfs: {median_months: 5}, os: {median_months: 12}, correlation: 0.5}";
  EXPECT_THAT(mistakes(study(two, visits)), HasSubstr("trial.visits: does nothing"));
  EXPECT_THAT(mistakes(study("{model: cohorts, cohorts: {A: {pfs: {median_months: 6}}}}",
                             std::string(visits) + "cohort: {A: 100}\n")),
              HasSubstr("trial.visits: does nothing: model cohorts has no visits"));
  EXPECT_EQ(mistakes(study(at_once, no_visits)), "");
  EXPECT_EQ(mistakes(study("{pfs: {median_months: 6, known_at: visit}}", visits)), "");
}

TEST(UnusedParts, ContractVisitsThatAScenarioReadsAreUsed) {
  const std::string scenarios = "scenarios: {seen: {disease.pfs.known_at: visit}, at_once: {}}\n";
  EXPECT_EQ(mistakes(study(at_once, visits + scenarios)), "");
}

// A study as understood has every default, and one of a single scenario may be all that is read again.
TEST(UnusedParts, PropertyAStudyAsUnderstoodIsAccepted) {
  const std::string scenarios = "scenarios: {seen: {disease.pfs.known_at: visit}, at_once: {}}\n";
  Problems problems;
  const YamlNode tree = parse_yaml(study(at_once, visits + scenarios), "study.yaml", problems);
  StudyOverrides overrides;
  overrides.scenario = "at_once";
  const std::string understood = to_yaml(read_study(tree, overrides, problems).resolved);
  EXPECT_EQ(problems.text(), "");
  EXPECT_EQ(mistakes(understood), "");
}

TEST(UnusedParts, ContractCohortsOfAModelWithoutAreRefused) {
  const std::string cohort = "cohort: {OP: 12, XX: 3}\n";
  EXPECT_THAT(mistakes(study(at_once, no_visits + cohort)),
              HasSubstr("study.yaml:10:9: cohort: does nothing: model survival has no cohorts (model: cohorts or "
                        "oligo_hcc, or leave it out)"));
}

}  // namespace
}  // namespace oligosim

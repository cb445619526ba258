// Reading studies: scenarios, grids, boundaries, and mistakes with their place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

const std::string plain = R"(study: plain
seed: 1
replicates: 100
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 100, rate_per_month: 5}}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: log_rank, method: log_rank, endpoint: os, by: arm}]
)";

TEST(Study, ReferenceLanDeMetsBoundariesOfTwoLooks) {
  const Study study = study_from(plain +
                                 "design: {kind: group_sequential, primary: log_rank, "
                                 "looks: [{at_events: 42, of: os}, {at_events: 70, of: os}]}\n");
  const auto boundaries = study.scenarios[0].design->efficacy_boundaries();
  ASSERT_EQ(boundaries.size(), 2u);
  EXPECT_NEAR(boundaries[0], 2.668630, 1e-6);
  EXPECT_NEAR(boundaries[1], 1.980965, 1e-6);
}

TEST(Study, OracleListsExpandToAGrid) {
  const Study study = study_from(plain + R"(design: {kind: fixed, primary: log_rank, looks: [{at_events: 70, of: os}]}
scenarios:
  "null": {arms.experimental.effects.os.hazard_ratio: 1}
  grid: {arms.experimental.effects.os.hazard_ratio: [0.6, 0.8], trial.enrollment.patients: [100, 120]}
)");
  std::vector<std::string> names;
  for (const Scenario& s : study.scenarios) names.push_back(s.name);
  EXPECT_THAT(names,
              testing::ElementsAre("null", "grid hazard_ratio=0.6 patients=100", "grid hazard_ratio=0.6 patients=120",
                                   "grid hazard_ratio=0.8 patients=100", "grid hazard_ratio=0.8 patients=120"));
  EXPECT_EQ(study.scenarios[4].trial->patients(), 120u);
}

TEST(Study, OracleMistakesAreAllListedWithTheirPlace) {
  const std::string text = mistakes(plain +
                                    "design: {kind: group_sequential, primary: log_rnk, "
                                    "looks: [{at_events: 70, of: os}, {at_events: 60, of: os}]}\nreplicate: 3\n");
  EXPECT_THAT(text, testing::HasSubstr("study.yaml:11:43: design.primary: 'log_rnk' is not "));
  EXPECT_THAT(text, testing::HasSubstr("log_rank"));
  EXPECT_THAT(text, testing::HasSubstr("design.looks[1].at_events: 60 is not above the look before (70)"));
  EXPECT_THAT(text, testing::HasSubstr("study.yaml:12:1: replicate: unknown key"));
  EXPECT_THAT(text, testing::HasSubstr("replicates"));
}

TEST(Study, OracleMoreEventsThanPatientsIsRefused) {
  EXPECT_THAT(mistakes(plain + "design: {kind: fixed, primary: log_rank, looks: [{at_events: 101, of: os}]}\n"),
              testing::HasSubstr("101 is more than the 100 patients"));
}

TEST(Study, PropertyResolvedStudyReadsAsItself) {
  const Study study =
      study_from(plain + "design: {kind: fixed, primary: log_rank, looks: [{at_events: 70, of: os}]}\n");
  const std::string text = to_yaml(study.resolved);
  const Study again = study_from(text);
  EXPECT_EQ(to_yaml(again.resolved), text);
  EXPECT_EQ(study_hash(again), study_hash(study));
  EXPECT_THAT(text, testing::HasSubstr("latest_month: 120"));
}

TEST(Study, PropertyScenariosShareTheirRandomNumbers) {
  const Study study = study_from(plain + R"(design: {kind: fixed, primary: log_rank, looks: [{at_month: 48}]}
scenarios: {a: {}, b: {arms.experimental.effects.os.hazard_ratio: 0.7}, c: {arms.experimental.effects.os.hazard_ratio: 0.5}}
)");
  const auto rows = run_in_memory(study, 1, false);
  EXPECT_EQ(row_of(rows, "a", "reject", "log_rank").measure.value,
            row_of(rows, "b", "reject", "log_rank").measure.value);
  Arena arena;
  const Patients a = study.scenarios[0].trial->simulate(Streams(1, 1), arena);
  const Patients c = study.scenarios[2].trial->simulate(Streams(1, 1), arena);
  for (std::size_t i = 0; i < a.count(); ++i) {
    EXPECT_EQ(a.arm[i], c.arm[i]);
    EXPECT_EQ(a.enrollment_day[i], c.enrollment_day[i]);
    if (a.arm[i] == 0) {
      EXPECT_EQ(a.course.event_day[0][i], c.course.event_day[0][i]);
    }
  }
}

TEST(Study, PropertyLookHoldsExactlyThePlannedEvents) {
  const Study study =
      study_from(plain + "design: {kind: fixed, primary: log_rank, looks: [{at_events: 70, of: os}]}\n");
  const Trial& trial = *study.scenarios[0].trial;
  Arena arena;
  for (std::uint32_t r = 1; r <= 500; ++r) {
    arena.reset();
    const Patients patients = trial.simulate(Streams(1, r), arena);
    const double day = trial.event_day(patients, 0, 70, arena);
    const Cohort data = trial.cut(patients, day, arena);
    const auto event = data.numbers(*data.columns().find("os_e"));
    EXPECT_EQ(std::count(event.begin(), event.end(), 1.0), 70);
    for (const double time : data.numbers(*data.columns().find("os_d"))) EXPECT_GT(time, 0);
  }
}

/// A run's folder holds the study as understood, and everything later starts from it.
TEST(StudyAsUnderstood, PropertyShippedStudiesAreReadAgainAsTheSame) {
  int studies = 0;
  for (const char* folder : {"/configs/studies", "/configs/studies/examples"})
    for (const auto& file : std::filesystem::directory_iterator(std::string(OLIGOSIM_SOURCE_DIR) + folder)) {
      if (file.path().extension() != ".yaml") continue;
      const Study study = load_study(file.path(), {});
      const std::string text = to_yaml(study.resolved);
      const Study again = study_from(text);
      EXPECT_EQ(to_yaml(again.resolved), text) << file.path();
      EXPECT_EQ(study_hash(again), study_hash(study)) << file.path();
      ++studies;
    }
  EXPECT_GT(studies, 15);
}

}  // namespace
}  // namespace oligosim

// Patients drawn from a file: the Kaplan-Meier curve as a distribution, the same patients again, effects, whole studies
// and mistakes with their places.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>

#include "models/disease/resample/empirical_survival.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

TEST(EmpiricalSurvival, OracleByHand) {
  // Events at 2 and 5, censored at 3 and 7; two events at 5.
  const std::vector<double> time{5, 3, 2, 5, 7}, event{1, 0, 1, 1, 0};
  const EmpiricalSurvival curve(time, event);
  EXPECT_NEAR(curve.part(2).low, 0.8, 1e-15);
  EXPECT_NEAR(curve.part(2).high, 1, 1e-15);
  EXPECT_NEAR(curve.part(1).low, 0, 1e-15);
  EXPECT_NEAR(curve.part(1).high, 0.8, 1e-15);
  EXPECT_NEAR(curve.part(0).low, 0.8 / 3, 1e-15);
  EXPECT_EQ(curve.part(0).low, curve.part(3).low);
  EXPECT_EQ(curve.inverse(0.9), 2);
  EXPECT_EQ(curve.inverse(0.79), 5);
  EXPECT_EQ(curve.inverse(0.2), std::numeric_limits<double>::infinity());
}

// Drawing patients and places alike gives the Kaplan-Meier curve back: the parts of all patients, averaged.
TEST(EmpiricalSurvival, OracleTheCurveComesBack) {
  const std::vector<double> time{1, 2, 2, 3, 4, 5, 6, 6, 8, 9}, event{1, 1, 0, 0, 1, 1, 0, 1, 0, 1};
  const EmpiricalSurvival curve(time, event);
  double survival = 1;
  const int places = 20000;
  std::map<double, double> mass;
  for (std::size_t i = 0; i < time.size(); ++i)
    for (int k = 0; k < places; ++k) {
      const auto [low, high] = curve.part(i);
      mass[curve.inverse(low + (k + 0.5) / places * (high - low))] += 1.0 / places / static_cast<double>(time.size());
    }
  double drawn = 1;
  for (const double t : {1.0, 2.0, 4.0, 5.0, 6.0, 9.0}) {
    double at_risk = 0, events = 0;
    for (std::size_t i = 0; i < time.size(); ++i) at_risk += time[i] >= t, events += time[i] == t && event[i] == 1;
    survival *= 1 - events / at_risk;
    drawn -= mass[t];
    EXPECT_NEAR(drawn, survival, 1e-3) << t;
  }
}

/// A study of 20 patients of `data`, a table as CSV, in a folder of its own.
class ResampleStudy {
 public:
  explicit ResampleStudy(const std::string& csv, const std::string& disease = "", const std::string& arms = "one: {}",
                         int patients = 20, const std::string& further_endpoints = "",
                         const std::string& enrollment = "", const std::string& randomization = "{}") {
    char name[] = "/tmp/oligosim-test-XXXXXX";
    folder_ = mkdtemp(name);
    std::ofstream(folder_ / "patients.csv") << csv;
    std::ofstream(folder_ / "study.yaml")
        << fmt::format(R"(study: resampled
seed: 2
replicates: 200
replicates_per_block: 50
disease: {{model: resample, data: patients.csv, endpoints: {{os: {{time: t, event: e}}{}}}{}}}
arms: {{{}}}
trial: {{enrollment: {{patients: {}, over_months: 1{}}}, randomization: {}}}
truth: {{patients: 2000}}
design: {{kind: fixed, primary: against, looks: [{{at_month: 1000}}], latest_month: 1000}}
plan:
  time_unit: days
  days_per_month: 30
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses:
    - {{name: km, method: kaplan_meier, endpoint: os, by: arm, at_months: [1, 2, 3]}}
    - {{name: against, method: one_sample_log_rank, endpoint: os, historical: {{median_months: 2}}}}
)",
                       further_endpoints, disease, arms, patients, enrollment, randomization);
  }
  ~ResampleStudy() { std::filesystem::remove_all(folder_); }
  ResampleStudy(const ResampleStudy&) = delete;
  ResampleStudy& operator=(const ResampleStudy&) = delete;

  Study study() const { return load_study(folder_ / "study.yaml", {}); }
  std::string mistake() const {
    try {
      study();
      return "";
    } catch (const InputError& e) {
      return e.what();
    }
  }

 private:
  std::filesystem::path folder_;
};

TEST(Resample, ContractAFileOfOnePatientGivesThatPatient) {
  const ResampleStudy file("t,e\n45,1\n");
  const Study study = file.study();
  const TrialExperiment experiment(study.scenarios[0], 1);
  Arena arena;
  const auto record = experiment.record(1, arena);
  EXPECT_EQ(record.patients.count(), 20u);
  for (const double day : record.patients.course.event_day[0]) EXPECT_EQ(day, 45);
}

TEST(Resample, ContractPatientsStayWhole) {
  const ResampleStudy file("t,e,kind,size\n10,1,a,1\n20,1,b,2\n30,1,b,3\n", ", covariates: [kind, size]", "one: {}",
                           300);
  const Study study = file.study();
  ASSERT_EQ(study.scenarios[0].disease->baseline().size(), 2u);
  Trial trial = *study.scenarios[0].trial;
  trial.need(std::vector<std::uint8_t>(trial.columns().size(), 1));
  Arena arena;
  const Patients patients = trial.simulate(Streams(3, 1), arena);
  std::size_t seen[3] = {};
  for (std::size_t i = 0; i < patients.count(); ++i) {
    const double day = patients.course.event_day[0][i], size = patients.baseline.numbers(1)[i];
    EXPECT_EQ(day, 10 * size);
    EXPECT_EQ(patients.baseline.categories(0)[i], size == 1 ? 0 : 1);
    ++seen[static_cast<std::size_t>(size) - 1];
  }
  for (const std::size_t n : seen) EXPECT_NEAR(static_cast<double>(n), 100, 4 * std::sqrt(300 * 2 / 9.0));
}

// A response is known two months (60 days) after the start, of those of whom the file has it.
TEST(Resample, ContractOutcomesStayWithTheirPatients) {
  const ResampleStudy file("t,e,r\n10,1,1\n20,1,0\n30,1,NA\n", ", outcomes: {response: {column: r, known_months: 2}}",
                           "one: {}", 90);
  const Study study = file.study();
  Trial trial = *study.scenarios[0].trial;
  trial.need(std::vector<std::uint8_t>(trial.columns().size(), 1));
  Arena arena;
  const Patients patients = trial.simulate(Streams(3, 1), arena);
  constexpr double never = std::numeric_limits<double>::infinity();
  int seen[3] = {};
  for (std::size_t i = 0; i < patients.count(); ++i) {
    const double day = patients.course.event_day[0][i];
    EXPECT_EQ(patients.course.evaluable_day[0][i], day == 30 ? never : 60);
    EXPECT_EQ(patients.course.success_day[0][i], day == 10 ? 60 : never);
    ++seen[static_cast<int>(day) / 10 - 1];
  }
  for (const int n : seen) EXPECT_GT(n, 15);
}

// Progression of the file after 70 days, deaths after 45, 90 under the arm's effect: the earlier of both.
TEST(Resample, OracleAnEndpointIsNotAfterAnother) {
  const ResampleStudy file("t,e,p,q\n45,1,70,1\n", "", "plain: {}, late: {effects: {os: {time_ratio: 2}}}", 20,
                           ", pfs: {time: p, event: q, at_most: os}");
  const Study study = file.study();
  Trial trial = *study.scenarios[0].trial;
  trial.need(std::vector<std::uint8_t>(trial.columns().size(), 1));
  Arena arena;
  const Patients patients = trial.simulate(Streams(1, 1), arena);
  for (std::size_t i = 0; i < patients.count(); ++i) {
    EXPECT_EQ(patients.course.event_day[0][i], patients.arm[i] == 0 ? 45 : 90);
    EXPECT_EQ(patients.course.event_day[1][i], patients.arm[i] == 0 ? 45 : 70);
  }
}

// 10 patients with censoring; survival at 30, 60 and 90 days as the Kaplan-Meier curve of the file and its power r.
TEST(Resample, StatisticalTheCurveOfTheFileAndUnderAHazardRatio) {
  const std::string csv = "t,e\n20,1\n25,0\n40,1\n50,1\n55,0\n70,1\n75,1\n80,0\n95,1\n120,1\n";
  const ResampleStudy file(
      csv, "", "one: {}, half: {effects: {os: {hazard_ratio: 0.5}}}, slow: {effects: {os: {time_ratio: 2}}}", 60);
  const auto rows = run_in_memory(file.study(), 2, false);
  const double at30 = 0.9, at60 = 0.9 * (7.0 / 8) * (6.0 / 7), at90 = at60 * (4.0 / 5) * (3.0 / 4);
  const auto near = [&](const char* arm, double month, double expected) {
    for (const SummaryRow& r : rows)
      if (r.metric == "mean" && r.label.group == arm && r.label.at == month) {
        EXPECT_NEAR(r.measure.value, expected, 4 * r.measure.mcse) << arm << month;
        return;
      }
    FAIL();
  };
  near("one", 1, at30), near("one", 2, at60), near("one", 3, at90);
  near("half", 1, std::sqrt(at30)), near("half", 2, std::sqrt(at60)), near("half", 3, std::sqrt(at90));
  near("slow", 2, at30);
}

TEST(Resample, ContractArmsDrawFromTheirOwn) {
  const ResampleStudy file("t,e,grp\n10,1,A\n20,1,B\n", ", arm: grp", "A: {}, other: {from: B}", 40);
  const Study study = file.study();
  const TrialExperiment experiment(study.scenarios[0], 1);
  Arena arena;
  const auto record = experiment.record(1, arena);
  for (std::size_t i = 0; i < record.patients.count(); ++i)
    EXPECT_EQ(record.patients.course.event_day[0][i], record.patients.arm[i] == 0 ? 10 : 20);
}

TEST(Resample, ContractMistakesHaveTheirPlaceInTheFile) {
  EXPECT_THAT(ResampleStudy("t,e\n10,1\nx,1\n").mistake(), HasSubstr("patients.csv:3:1"));
  EXPECT_THAT(ResampleStudy("t,e\n10,1\n12,\n").mistake(), HasSubstr("patients.csv:3:4"));
  EXPECT_THAT(ResampleStudy("t,e\n10,1\n-2,1\n").mistake(), HasSubstr("patients.csv:3:1"));
  EXPECT_THAT(ResampleStudy("t,event\n10,1\n").mistake(), HasSubstr("'e' is not a column of the file"));
  EXPECT_THAT(mistakes("disease: {model: resample, endpoints: {os: {}}}\narms: {one: {}}"),
              HasSubstr("disease.data: missing (a CSV file with a row for each patient)"));
  EXPECT_THAT(ResampleStudy("t,e\n10,0.5\n").mistake(), HasSubstr("has other values than 0 and 1"));
  EXPECT_THAT(ResampleStudy("t,e\n").mistake(), HasSubstr("patients.csv:2:1: no row"));
  EXPECT_THAT(ResampleStudy("t,e,g\n10,1,A\n", ", arm: g", "B: {}, A: {}").mistake(), HasSubstr("arms.B"));
  EXPECT_THAT(ResampleStudy("t,e,g\n10,1,A\n", ", arm: g, covariates: [g]", "A: {}").mistake(),
              HasSubstr("covariates: are known before the arm is"));
  EXPECT_THAT(ResampleStudy("t,e,r\n10,1,0\n12,1,NA\n14,0,maybe\n", ", outcomes: {r: {}}").mistake(),
              HasSubstr("'maybe' of patient 3 is not a number from 0 to 1 (or NA)"));
  EXPECT_THAT(ResampleStudy("t,e,r\n10,1,NA\n12,1,0.5\n", ", outcomes: {r: {}}").mistake(),
              HasSubstr("outcomes.r.column: has other values than 0 and 1"));
  EXPECT_THAT(ResampleStudy("t,e\n10,1\n", "", "A: {from: B}").mistake(),
              HasSubstr("arms.A.from: names an arm of the file, which disease.arm does not"));
  EXPECT_THAT(ResampleStudy("t,e\n10,1\n", "", "A: {effects: {os: {hazard_ratio: 1, time_ratio: 2}}}").mistake(),
              HasSubstr("arms.A.effects.os: says what the arm does by one of hazard_ratio and time_ratio"));
  EXPECT_THAT(ResampleStudy("t,e\n10,1\n", "", "A: {}", 20, ", pfs: {time: t, event: e, at_most: response}").mistake(),
              HasSubstr("endpoints.pfs.at_most: 'response' is not an endpoint named before (os)"));
}

// A patient without a value would be in no group of the factor.
TEST(Resample, ContractAFactorOfTheTrialIsKnownOfAllPatients) {
  const std::string csv = "t,e,cell,size\n10,1,a,1\n20,1,NA,2\n30,1,b,3\n35,1,,4\n";
  const auto mistake = [&](const char* enrollment, const char* randomization) {
    return ResampleStudy(csv, ", covariates: [cell]", "A: {}, B: {}", 20, "", enrollment, randomization).mistake();
  };
  const char* const why = ": 'cell' is missing for 2 of the patients drawn from (a column that is known of all)";
  EXPECT_THAT(mistake("", "{blocks: [4], strata: [cell]}"), HasSubstr(std::string("randomization.strata") + why));
  EXPECT_THAT(mistake("", "{minimize: {factors: [cell]}}"), HasSubstr(std::string("minimize.factors") + why));
  EXPECT_THAT(mistake(", shape_by: {column: cell, levels: {a: 2}}", "{}"),
              HasSubstr(std::string("shape_by.column") + why));
  EXPECT_EQ(mistake("", "{}"), "");
}

}  // namespace
}  // namespace oligosim

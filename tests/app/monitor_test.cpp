// The monitor command as a user runs it: data of looks say what the run of the same trial says.
#include <algorithm>
#include <sstream>

#include "tests/app/program.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

const std::string study = R"(study: two arms
replicates: 40
replicates_per_block: 20
seed: 4
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.6}}}}
trial: {enrollment: {patients: 160, over_months: 12}}
design:
  kind: group_sequential
  primary: effect
  looks: [{at_events: 50, of: os}, {at_events: 100, of: os}]
truth: {patients: 1000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: effect, method: cox, endpoint: os, terms: [arm]}]
)";

const std::string plan = R"(time_unit: days
endpoints: {survival: {time: os_d, event: os_e}}
analyses: [{name: effect, method: cox, endpoint: survival, terms: [arm], levels: {arm: [control, experimental]}}]
)";

class Monitor : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write("study.yaml", study);
    write("plan.yaml", plan);
  }

  /// The patients of one simulated trial at its end, in a file of their own.
  void write_patients(const std::string& trial) {
    ASSERT_EQ(run("simulate " + at("study.yaml") + " --replicates 40 --out " + at("trials")), 0) << file("stderr");
    std::istringstream all(file("trials/base/patients.csv"));
    std::string line, of_trial;
    std::getline(all, line);
    of_trial = line + "\n";
    while (std::getline(all, line))
      if (line.starts_with(trial + ",")) of_trial += line + "\n";
    write("cut.csv", of_trial);
  }
};

// A trial that stopped at its first look, from its patients alone.
TEST_F(Monitor, OracleDataGiveTheNumbersOfTheRun) {
  ASSERT_EQ(run("run " + at("study.yaml") + " --keep-estimates --out " + at("run")), 0) << file("stderr");
  std::string replicate;
  std::vector<std::string> stage_wise, repeated;
  for (const std::vector<std::string>& row : rows("run/estimates.csv")) {
    if (row[2] != "1" || (!replicate.empty() && row[1] != replicate)) continue;
    if (row[9] != "median_unbiased_hazard_ratio") continue;
    replicate = row[1];
    (row[11] == "stage_wise" ? stage_wise : repeated) = row;
  }
  ASSERT_FALSE(replicate.empty());
  write_patients(replicate);
  write("trial.yaml", "title: first look\nstudy: study.yaml\nplan: plan.yaml\nlooks: [{data: cut.csv}]\n");
  ASSERT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 0) << file("stderr");
  EXPECT_THAT(file("stderr"), HasSubstr("cut.csv: 50 events, z "));
  EXPECT_THAT(file("stdout"), HasSubstr("It reaches the boundary: efficacy is claimed."));
  const std::vector<std::vector<std::string>> shown = rows("out/estimates.csv");
  ASSERT_EQ(shown.size(), 2u);
  for (const std::size_t column : {9, 11, 12}) {  // estimate, lower, upper; the run has three columns before
    EXPECT_NEAR(std::stod(shown[0][column]), std::stod(stage_wise[column + 3]), 1e-9);
    EXPECT_NEAR(std::stod(shown[1][column]), std::stod(repeated[column + 3]), 1e-9);
  }
  for (const char* name : {"looks.csv", "conditional_power.csv", "report.html", "trial.yaml", "manifest.json"})
    EXPECT_TRUE(has(std::string("out/") + name)) << name;
  EXPECT_THAT(file("out/report.html"), HasSubstr("stage-wise ordering"));
}

TEST_F(Monitor, OracleTheExperimentalArmIsNotMistaken) {
  write_patients("1");
  write("trial.yaml", "title: first look\nstudy: study.yaml\nplan: plan.yaml\nlooks:\n  - {data: cut.csv}\n");
  std::string turned = plan;
  write("plan.yaml", turned.replace(turned.find("[control, experimental]"), 23, "[experimental, control]"));
  EXPECT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"),
              HasSubstr("trial.yaml:5:12: looks[0].data: 'effect' takes arm=control for the experimental"));
  EXPECT_FALSE(has("out"));
}

// An analysis of the same name that is not the one planned, and one that is made otherwise.
TEST_F(Monitor, OracleAnotherAnalysisOfTheName) {
  write_patients("1");
  write("trial.yaml", "title: first look\nstudy: study.yaml\nplan: plan.yaml\nlooks:\n  - {data: cut.csv}\n");
  const auto with = [&](const std::string& analysis) {
    std::string other = plan;
    const std::string own = "method: cox, endpoint: survival, terms: [arm]";
    write("plan.yaml", other.replace(other.find(own), own.size(), analysis));
    return run("monitor " + at("trial.yaml") + " --out " + at("out"));
  };
  EXPECT_EQ(with("method: cox, endpoint: survival, terms: [arm], null_value: 1.3"), 2);
  EXPECT_THAT(file("stderr"),
              HasSubstr("'effect' tests a hazard ratio of 1.3, that of the study one of 1 (null_value)"));
  EXPECT_EQ(with("method: rmst, endpoint: survival, by: arm, at_months: [6]"), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("'effect' does not test a hazard ratio, unlike that of the study"));
  EXPECT_FALSE(has("out"));
  EXPECT_EQ(with("method: log_rank, endpoint: survival, by: arm"), 0);
  EXPECT_THAT(file("stderr"), HasSubstr("'effect' is log_rank here, and cox in the study"));
}

TEST_F(Monitor, OracleTheTrialsOwnFileIsKept) {
  write("trial.yaml", "title: t  # mine\nstudy: study.yaml\nlooks: [{events: 50, z: 1}]\n");
  EXPECT_EQ(run("monitor " + at("trial.yaml") + " --out " + folder_.string()), 2);
  EXPECT_THAT(file("trial.yaml"), HasSubstr("# mine"));
}

TEST_F(Monitor, OracleMistakesOfFiles) {
  write("trial.yaml", "title: t\nstudy: nowhere.yaml\nlooks: [{events: 50, z: 1}]\n");
  EXPECT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("trial.yaml:2:8: study: there is no file 'nowhere.yaml' beside the document"));
  write("trial.yaml", "title: t\nstudy: study.yaml\nplan: plan.yaml\nlooks: [{data: cut.csv}]\n");
  EXPECT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("looks[0].data: there is no file 'cut.csv' beside the document"));
  write("trial.yaml", "title: t\nstudy: study.yaml\nscenario: other\nlooks: [{events: 50, z: 1}]\n");
  EXPECT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("trial.yaml:3:11: scenario: the study has no scenario 'other' (base)"));
  EXPECT_FALSE(has("out"));
}

TEST_F(Monitor, OracleShippedTrialAndItsOwnDocument) {
  const std::string shipped = OLIGOSIM_SOURCE_DIR "/configs/monitoring/randomized_pfs.yaml";
  ASSERT_EQ(run("check " + shipped), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("1 look held at pfs_log_rank"));
  ASSERT_EQ(run("monitor " + shipped + " --out " + at("out")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("the trial goes on"));
  EXPECT_THAT(file("out/estimates.csv"), testing::EndsWith("status\n"));  // of a trial that goes on none
}

// Without a look held; the design has any kind.
TEST_F(Monitor, OracleForecastOfAllThatEntered) {
  write("cut.csv",
        "USUBJID,arm,os_d,os_e,entered,gone\n"
        "1,control,60,1,0,0\n2,experimental,90,1,0,0\n3,control,30,0,0,1\n4,experimental,100,0,200,0\n");
  write("trial.yaml",
        "title: so far\nstudy: study.yaml\nplan: plan.yaml\n"
        "forecast: {data: cut.csv, month: 10, entered: entered, lost: gone, patients: 4, events: [2, 3]}\n");
  ASSERT_EQ(run("check " + at("trial.yaml")), 0) << file("stderr");
  ASSERT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("At the data cut, month 10, 2 events of survival are known in 4 patients; 1 is "
                                        "followed without, 1 lost."));
  const std::vector<std::vector<std::string>> shown = rows("out/forecast.csv");
  ASSERT_EQ(shown.size(), 4u);
  EXPECT_EQ(shown[0][6], "0");                               // 50 events are out of reach
  EXPECT_NEAR(std::stod(shown[2][2]), 90 / 30.4375, 1e-12);  // known: in month 2.96 after the first day
  EXPECT_LT(std::stod(shown[3][6]), 1);
  for (const char* name : {"forecast_by_month.csv", "report.html", "trial.yaml"})
    EXPECT_TRUE(has(std::string("out/") + name)) << name;
  EXPECT_THAT(file("out/report.html"), HasSubstr("When events will be known"));
}

TEST_F(Monitor, OracleMistakesOfAForecast) {
  const std::string header = "USUBJID,arm,os_d,os_e,entered,gone\n",
                    two = "1,control,60,1,0,0\n2,experimental,90,1,0,0\n";
  const auto told = [&](const std::string& rows, const std::string& keys) {
    write("cut.csv", header + two + rows);
    write("trial.yaml", "title: so far\nstudy: study.yaml\nplan: plan.yaml\nforecast: {data: cut.csv, " + keys + "}\n");
    EXPECT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 2) << keys;
    EXPECT_FALSE(has("out"));
    return file("stderr");
  };
  const std::string keys = "month: 10, entered: entered";
  EXPECT_THAT(told("3,control,30,0,305,0\n", keys),
              HasSubstr("cut.csv:4:16: entered: is after the data cut at month 10"));
  EXPECT_THAT(told("3,control,30,0,-1,0\n", keys), HasSubstr("cut.csv:4:16: entered: is before the study opened"));
  EXPECT_THAT(told("3,control,30,0,,0\n", keys),
              HasSubstr("entered: is missing: every patient in the data has entered"));
  EXPECT_THAT(told("3,control,NA,NA,5,0\n", keys), HasSubstr("is of a patient without time or status of 'survival'"));
  EXPECT_THAT(told("3,control,30,0,280,0\n", keys),
              HasSubstr("entered: 280 and 'survival' 30 later is after the data cut at month 10"));
  EXPECT_THAT(told("3,control,30,0,5,2\n", keys + ", lost: gone"),
              HasSubstr("gone: is not 1 (not followed any more) or 0"));
  EXPECT_THAT(told("3,control,30,0,soon,0\n", keys),
              HasSubstr("forecast.entered: 'entered' is not a numeric column, but: "));
  EXPECT_THAT(told("", "month: 10, entered: enterd"),
              HasSubstr("trial.yaml:4:47: forecast.entered: 'enterd' is not a column of the data"));
  EXPECT_THAT(told("", "month: 10, entered: arm"), HasSubstr("forecast.entered: 'arm' is not a numeric column"));
  EXPECT_THAT(told("", keys + ", endpoint: pfs"),
              HasSubstr("forecast.endpoint: 'pfs' is not an endpoint of the plan (survival)"));
  EXPECT_THAT(told("", keys + ", model: piecewise_exponential"),
              HasSubstr("forecast.model: needs the months between its pieces (cuts_months)"));
  EXPECT_THAT(told("", keys + ", cuts_months: [3]"),
              HasSubstr("cuts_months: is of the model piecewise_exponential alone"));
  EXPECT_THAT(told("", keys + ", model: piecewise_exponential, cuts_months: [3, 3]"),
              HasSubstr("forecast.cuts_months: are not each above the one before"));
  EXPECT_THAT(told("", keys + ", rate_per_month: 3, rate_over_months: 3"),
              HasSubstr("forecast.rate_over_months: stands beside rate_per_month"));
  EXPECT_THAT(told("", keys + ", events: [2.5]"), HasSubstr("forecast.events: has a number that is not whole"));
  EXPECT_THAT(told("3,other,30,0,5,0\n", keys + ", by: arm"),
              HasSubstr("forecast.model: exponential has no estimate: 'other' have too few"));
  write("trial.yaml", "title: so far\nstudy: study.yaml\nforecast: {data: cut.csv, month: 10, entered: entered}\n");
  EXPECT_EQ(run("monitor " + at("trial.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("forecast.data: needs the plan that says what an event is"));
}

TEST_F(Monitor, OracleShippedForecast) {
  ASSERT_EQ(run("monitor " OLIGOSIM_SOURCE_DIR "/configs/monitoring/next_looks.yaml --out " + at("out")), 0)
      << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("28 events of pfs are known in 75 patients"));
  EXPECT_EQ(rows("out/forecast.csv").size(), 3u);
}

}  // namespace
}  // namespace oligosim

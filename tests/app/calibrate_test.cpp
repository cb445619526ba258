// The calibrate command as a user runs it: what it leaves, that it goes on, what it refuses.
#include "models/study/study.hpp"
#include "tests/app/program.hpp"
#include "tests/models/calibration/calibration_support.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

class Calibrate : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write("disease.yaml",
          "{model: survival, os: {hazard_per_month: 0.05}, outcomes: {response: {probability: 0.4}}}\n");
    std::string text =
        tiny_targets("",
                     "fit: {patients: 20000, coarse_patients: 5000, starts: 2}\nposterior: {design_points: "
                     "400, cohorts: 400, iterations: 20000, draws: 200, predictive: 100}\n");
    const std::size_t first = text.find("disease:"), last = text.find('\n', first);
    write("targets.yaml", text.replace(first, last - first, "disease: disease.yaml"));
  }
  void expect_same(const std::string& a, const std::string& b) const {
    for (const char* name : {"disease.yaml", "posterior.csv", "targets.csv", "targets.yaml", "report.html"})
      EXPECT_EQ(file(a + "/" + name), file(b + "/" + name)) << name;
  }
};

TEST_F(Calibrate, OracleWhatItLeaves) {
  ASSERT_EQ(run("calibrate " + at("targets.yaml") + " --out " + at("out")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("response"));
  EXPECT_THAT(file("out/posterior.csv"),
              testing::StartsWith("chain,draw,os.hazard_per_month,outcomes.response.probability\n1,1,"));
  EXPECT_THAT(
      file("out/targets.csv"),
      testing::StartsWith(
          "target,published,fitted,sampling_sd,z,posterior_predictive_percentile,used_in_fit\nsurvival,0.382893,"));
  for (const char* part :
       {"What cannot be reconciled", "What is not identified", "Targets against the fitted model", "R-hat"})
    EXPECT_THAT(file("out/report.html"), HasSubstr(part));
  EXPECT_THAT(file("out/manifest.json"), HasSubstr("\"emulator_error\""));
  write("study.yaml", R"(study: with the fitted model
disease: out/disease.yaml
arms: {control: {}, treated: {effects: {os: {hazard_ratio: 0.6}}}}
trial: {enrollment: {patients: 100, over_months: 12}}
design: {kind: fixed, primary: test, alpha: 0.025, looks: [{at_month: 30}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: test, method: log_rank, endpoint: os, by: arm}]
)");
  EXPECT_EQ(run("check " + at("study.yaml")), 0) << file("stderr");
}

TEST_F(Calibrate, OracleInterruptedOrNotAndForAnyThreads) {
  ASSERT_EQ(run("calibrate " + at("targets.yaml") + " --threads 2 --out " + at("whole")), 0) << file("stderr");
  for (const char* seconds : {"0.3", "0.8", "1.3"}) {
    const std::string command = std::string("timeout -s TERM ") + seconds + " " + OLIGOSIM_PROGRAM + " calibrate " +
                                at("targets.yaml") + " --threads 1 --out " + at("parts") + " >/dev/null 2>" +
                                at("stopped");
    EXPECT_GE(std::system(command.c_str()), 0);
  }
  ASSERT_EQ(run("calibrate " + at("targets.yaml") + " --threads 1 --out " + at("parts")), 0) << file("stderr");
  expect_same("whole", "parts");
  ASSERT_EQ(run("calibrate " + at("targets.yaml") + " --threads 1 --out " + at("parts")), 0) << file("stderr");
  expect_same("whole", "parts");
}

TEST_F(Calibrate, OracleAPointFitThatIsStoppedLeavesNothing) {
  write("long.yaml", "based_on: targets.yaml\nfit: {patients: 1000000, coarse_patients: 1000000, starts: 100}\n");
  const std::string command = std::string("timeout --foreground -s INT 1 ") + OLIGOSIM_PROGRAM + " calibrate " +
                              at("long.yaml") + " --threads 1 --out " + at("new") + " 2>" + at("stopped");
  EXPECT_NE(std::system(command.c_str()), 0);
  EXPECT_THAT(file("stopped"), HasSubstr("the point fit was not finished, so nothing is kept"));
  EXPECT_FALSE(std::filesystem::exists(at("new")));
}

TEST_F(Calibrate, OracleCheckSaysWhatWillBeFitted) {
  ASSERT_EQ(run("check " + at("targets.yaml")), 0) << file("stderr");
  for (const char* part :
       {"40 patients; 2 figures used in the fit, 0 held out, 0 other checks", "2 free parameters",
        "os.hazard_per_month = 0.05", "100 of 100 cohorts at the start have all figures", "400 points of 400 cohorts"})
    EXPECT_THAT(file("stdout"), HasSubstr(part));
  write("based.yaml", "based_on: targets.yaml\nheld: {os.hazard_per_month: 0.06}\nheld_out: [survival]\n");
  ASSERT_EQ(run("check " + at("based.yaml")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("1 figures used in the fit, 1 held out"));
  EXPECT_THAT(file("stdout"), HasSubstr("1 free parameters"));
  write("twice.yaml", "based_on: based.yaml\n");
  EXPECT_EQ(run("check " + at("twice.yaml")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("based.yaml:1:11: based_on: is in a file that another is based on"));
  write("lost.yaml", "based_on: nowhere.yaml\n");
  EXPECT_EQ(run("check " + at("lost.yaml")), 2);
  EXPECT_THAT(file("stderr"),
              HasSubstr("lost.yaml:1:11: based_on: there is no file 'nowhere.yaml' beside the targets"));
}

TEST_F(Calibrate, OracleOtherTargetsInTheFolderAreRefused) {
  ASSERT_EQ(run("calibrate " + at("targets.yaml") + " --out " + at("out")), 0) << file("stderr");
  write("other.yaml", file("targets.yaml") + "");
  std::string text = file("targets.yaml");
  write("other.yaml", text.replace(text.find("seed: 7"), 7, "seed: 8"));
  EXPECT_EQ(run("calibrate " + at("other.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("holds the calibration of other targets"));
}

TEST_F(Calibrate, OracleAMistakeIsRefusedBeforeAnythingIsWritten) {
  std::string text = file("targets.yaml");
  write("bad.yaml", text.replace(text.find("cut_off_month: 36"), 17, "cut_off_month: -1"));
  EXPECT_EQ(run("calibrate " + at("bad.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("bad.yaml:5:16: cut_off_month"));
  EXPECT_FALSE(has("out"));
  write("lost.yaml", "{title: a, disease: nowhere.yaml}\n");
  EXPECT_EQ(run("calibrate " + at("lost.yaml") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("there is no file 'nowhere.yaml' beside the targets"));
}

}  // namespace
}  // namespace oligosim

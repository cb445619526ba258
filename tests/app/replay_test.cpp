// One replicate again, simulated trials as files, kept estimates: each against another way to the same numbers.
#include <map>

#include "tests/app/program.hpp"

namespace oligosim {
namespace {

class Replay : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write("plan.yaml", R"(time_unit: days
patient: USUBJID
endpoints: {os: {time: os_d, event: os_e}}
analyses:
  - {name: effect, method: log_rank, endpoint: os, by: arm, levels: [control, experimental]}
  - {name: cox, method: cox, endpoint: os, terms: [arm], levels: {arm: [control, experimental]}}
  - {name: median, method: kaplan_meier, endpoint: os, by: arm, levels: [control, experimental]}
)");
    std::string plan = file("plan.yaml");
    plan.erase(plan.find("patient: USUBJID\n"), 17);
    write("study_plan.yaml", plan);
    write("study.yaml", R"(study: plain
seed: 5
replicates: 60
replicates_per_block: 20
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 90, rate_per_month: 5}, dropout: {probability: 0.1, by_month: 12}}
design: {kind: group_sequential, primary: effect, looks: [{at_events: 30, of: os}, {at_events: 60, of: os}]}
truth: {patients: 40000}
plan: study_plan.yaml
scenarios: {"null": {arms.experimental.effects.os.hazard_ratio: 1}, tar/get: {}}
)");
  }
};

/// The patients of a replicate, analysed as if they were real, have its estimates.
TEST_F(Replay, OracleItsPatientsAnalysedAsRealDataHaveItsEstimates) {
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0) << file("stderr");
  ASSERT_EQ(run("replay " + at("out") + " --scenario tar/get --replicate 7"), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), testing::HasSubstr("look 1: day "));
  const std::string own = "out/replay-tar_get-7/";
  ASSERT_EQ(run("analyze " + at("plan.yaml") + " --data " + at(own + "patients.csv") + " --out " + at("real")), 0)
      << file("stderr");
  const auto replayed = rows(own + "estimates.csv"), analysed = rows("real/estimates.csv");
  ASSERT_GT(analysed.size(), 5u);
  for (std::size_t k = 0; k < analysed.size(); ++k) {
    EXPECT_EQ(replayed[k][0], "tar/get");
    EXPECT_EQ(replayed[k][1], "7");
    EXPECT_EQ(std::vector(replayed[k].begin() + 3, replayed[k].end()), analysed[k]);
  }
  EXPECT_EQ(run("replay " + at("out") + " --replicate 7"), 2);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("--scenario: missing; the run has 2 scenarios"));
}

/// What is kept is what the summary is made of, and what a replay gives; shards keep their own, a merge all.
TEST_F(Replay, OracleKeptEstimatesAreThoseOfTheSummary) {
  ASSERT_EQ(run("run " + at("study.yaml") + " --keep-estimates --out " + at("out")), 0) << file("stderr");
  std::map<std::string, double> log_ratio;  // sums by scenario
  for (const auto& row : rows("out/estimates.csv"))
    if (row[3] == "cox" && row[9] == "log_hazard_ratio") log_ratio[row[0]] += std::stod(row[12]) / 60;
  ASSERT_EQ(log_ratio.size(), 2u);
  int found = 0;
  for (const auto& row : rows("out/summary.csv"))
    if (row[2] == "cox" && row[8] == "hazard_ratio" && row[11] == "mean") {
      EXPECT_NEAR(std::log(std::stod(row[13])), log_ratio[row[0]], 1e-12) << row[0];
      ++found;
    }
  EXPECT_EQ(found, 2);
  ASSERT_EQ(run("run " + at("study.yaml") + " --keep-estimates --shard 1/2 --out " + at("a")), 0);
  ASSERT_EQ(run("run " + at("study.yaml") + " --keep-estimates --shard 2/2 --out " + at("b")), 0);
  EXPECT_LT(file("a/estimates.csv").size(), file("out/estimates.csv").size());
  ASSERT_EQ(run("merge " + at("b") + " " + at("a") + " --out " + at("merged")), 0) << file("stderr");
  EXPECT_EQ(file("merged/estimates.csv"), file("out/estimates.csv"));
}

TEST_F(Replay, OracleSimulatedTrialsAreTheReplicatesOfARun) {
  ASSERT_EQ(run("simulate " + at("study.yaml") + " --replicates 3 --scenario null --out " + at("sim")), 0)
      << file("stderr");
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0);
  ASSERT_EQ(run("replay " + at("out") + " --scenario null --replicate 3"), 0);
  const std::string all = file("sim/null/patients.csv"), own = file("out/replay-null-3/patients.csv");
  const std::string third = all.substr(all.find("\n3,3-1,") + 1);
  EXPECT_EQ(own.substr(own.find('\n') + 1), third);
  // The long table says the same: of each patient the time of the wide one, CNSR its event turned round.
  const auto wide = rows("sim/null/patients.csv"), longer = rows("sim/null/adtte.csv");
  ASSERT_EQ(wide.size(), longer.size());
  for (std::size_t k = 0; k < wide.size(); ++k) {
    EXPECT_EQ(longer[k][1], wide[k][1]);
    EXPECT_EQ(longer[k][2], wide[k][2]);
    EXPECT_EQ(longer[k][3], "OS");
    EXPECT_EQ(longer[k][4], wide[k][3]);
    EXPECT_NE(longer[k][5], wide[k][4]);
  }
}

TEST_F(Replay, ReproducibilityAReportWrittenAgainHasTheSameBytes) {
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0);
  const std::string page = file("out/report.html"), summary = file("out/summary.csv");
  write("out/report.html", "");
  write("out/summary.csv", "");
  ASSERT_EQ(run("report " + at("out")), 0) << file("stderr");
  EXPECT_EQ(file("out/report.html"), page);
  EXPECT_EQ(file("out/summary.csv"), summary);
}

/// Its study.yaml is what its blocks are of; nothing else may take its place.
TEST_F(Replay, ContractOfTheRunThatIsThere) {
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0) << file("stderr");
  const std::string before = file("out/study.yaml");
  EXPECT_EQ(run("simulate " + at("study.yaml") + " --replicates 2 --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("holds a run (another folder)"));
  EXPECT_EQ(file("out/study.yaml"), before);
  ASSERT_EQ(run("replay " + at("out") + " --scenario tar/get --replicate 61"), 0);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("the run has 60 replicates so far; this one is not among them"));
  std::string other = before;
  other.replace(other.find("0.7"), 3, "1.5");
  write("out/study.yaml", other);
  EXPECT_EQ(run("replay " + at("out") + " --scenario tar/get --replicate 7"), 2);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("its blocks are not of its study.yaml"));
}

/// A run that is extended keeps a file of estimates whole without being asked again.
TEST_F(Replay, ContractEstimatesKeepStepWithTheRun) {
  const std::string line = "run " + at("study.yaml") + " --scenario tar/get --out " + at("out");
  ASSERT_EQ(run(line + " --replicates 20 --keep-estimates"), 0) << file("stderr");
  const auto few = rows("out/estimates.csv").size();
  ASSERT_EQ(run(line), 0) << file("stderr");
  EXPECT_EQ(rows("out/estimates.csv").size(), 3 * few);
}

}  // namespace
}  // namespace oligosim

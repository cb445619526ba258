// The check command on analysis plans, without data and with them.
#include "tests/app/program.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class CheckPlan : public Program {
 protected:
  void plan(const std::string& analyses) const {
    write("plan.yaml", "time_unit: days\nendpoints: {os: {time: t, event: e}}\nanalyses:\n" + analyses);
  }
  int check(const std::string& more = "") const { return run("check " + at("plan.yaml") + more); }
};

TEST_F(CheckPlan, OracleShippedPlansAreRightWithoutData) {
  const std::string plans = OLIGOSIM_SOURCE_DIR "/configs/plans/";
  for (const char* name : {"song2025.yaml", "two_arm.yaml"})
    EXPECT_EQ(run("check " + plans + name), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("\nendpoints: pfs, os\n"));
  EXPECT_THAT(file("stdout"), HasSubstr("\n  pfs_log_rank: log_rank of pfs\n"));
  EXPECT_THAT(file("stdout"),
              HasSubstr("\ncolumns that the data must have: pfs_d, pfs_e, os_d, os_e, arm, line, response\n"));
}

/// Levels and kinds of columns that only data could tell are taken as the plan has them.
TEST_F(CheckPlan, PropertyColumnsAreTakenAsThePlanNamesThem) {
  write("plan.yaml", R"(
time_unit: days
optional_columns: [stage]
endpoints: {os: {time: t, event: e}, pfs: {time: AVAL, censor: CNSR, parameter: PFS}}
derive: {lateness: {cases: [{when: {line: {at_least: 2}, grp: [OP-N, OP-C]}, value: late}], otherwise: early}}
populations: {old: {age: {above: 70}}, late: {lateness: late}}
analyses:
  - {name: curves, method: kaplan_meier, endpoint: pfs, by: arm, levels: [A, B]}
  - {name: cox, method: cox, endpoint: os, terms: [arm, age, "arm:age"], levels: {arm: [A, B]}, strata: [stage]}
  - {name: size, method: t_test, value: size, by: sex, population: old}
  - {name: orr, method: proportion, outcome: response, by: grp}
lesions:
  endpoints: {control: {time: c, event: f}}
  populations: {responding: {response: [CR, PR]}}
  analyses: [{name: control, method: kaplan_meier, endpoint: control, by: arm, cluster: patient,
              bootstrap: {resamples: 100, strata: [center]}}]
)");
  ASSERT_EQ(check(), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("must have: line, grp, t, e, AVAL.PFS, CNSR.PFS, age, arm, sex, size, "
                                        "response, center\n"));
  EXPECT_THAT(file("stdout"), HasSubstr("columns that they may lack: stage\n"));
  EXPECT_THAT(file("stdout"), HasSubstr("columns of lesions: c, f, response\n"));
  EXPECT_THAT(file("stdout"), HasSubstr("\n  control: kaplan_meier of control (lesions), with bootstrap intervals\n"));
}

TEST_F(CheckPlan, OracleMistakesThatNeedNoDataAreTold) {
  plan("  - {name: a, method: kaplan_meier, endpoint: so}\n  - {name: a, method: log_rank, endpoint: os, bi: arm}\n");
  EXPECT_EQ(check(), 2);
  EXPECT_THAT(file("stdout"), IsEmpty());
  const std::string place = at("plan.yaml");
  EXPECT_THAT(file("stderr"),
              HasSubstr(place + ":4:47: analyses[0].endpoint: 'so' is not an endpoint of this plan (os"));
  EXPECT_THAT(file("stderr"), HasSubstr(place + ":5:12: analyses[1].name: 'a' names an earlier analysis too"));
  EXPECT_THAT(file("stderr"), HasSubstr(place + ":5:47: analyses[1].bi: unknown key"));
}

TEST_F(CheckPlan, OracleDataAreHeldAgainstThePlan) {
  plan("  - {name: os, method: kaplan_meier, endpoint: os, by: arm}\n");
  write("good.csv", "t,e,arm\n10,1,A\n20,0,B\n");
  ASSERT_EQ(check(" --data " + at("good.csv")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr("good.csv: 2 patients\n"));
  write("bad.csv", "t,e,group\n10,1,A\n20,0,B\n");
  EXPECT_EQ(check(" --data " + at("bad.csv")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("plan.yaml:4:56: analyses[0].by: 'arm' is not a column"));
  write("bad.csv", "t,e,arm\n-10,1,A\n20,0,B\n");
  EXPECT_EQ(check(" --data " + at("bad.csv")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("bad.csv:2:1: t"));
}

TEST_F(CheckPlan, OracleDataAreForPlansAlone) {
  const std::string study = OLIGOSIM_SOURCE_DIR "/configs/studies/randomized_pfs.yaml";
  EXPECT_EQ(run("check " + study + " --data " + at("any.csv")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("randomized_pfs.yaml: is not an analysis plan (--data and --lesions are"));
  plan("  - {name: os, method: kaplan_meier, endpoint: os}\n");
  EXPECT_EQ(check(" --lesions " + at("any.csv")), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("--lesions: lesions are those of patients (--data FILE.csv)"));
}

}  // namespace
}  // namespace oligosim

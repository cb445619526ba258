// The program as a user runs it: same bytes for any threads, shards and restarts; exit codes; nothing written on
// refusal.
#include <cstdio>

#include "tests/app/program.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

namespace fs = std::filesystem;

class StudyRun : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write("study.yaml", R"(study: plain
seed: 3
replicates: 1200
replicates_per_block: 100
disease: {os: {median_months: 10}, outcomes: {response: {probability: 0.4}}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 100, rate_per_month: 5}, dropout: {probability: 0.1, by_month: 12}}
design: {kind: group_sequential, primary: log_rank, looks: [{at_events: 42, of: os}, {at_events: 70, of: os}]}
truth: {patients: 40000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: log_rank, method: log_rank, endpoint: os, by: arm}
    - {name: cox, method: cox, endpoint: os, terms: [arm]}
    - {name: median, method: kaplan_meier, endpoint: os, by: arm}
    - {name: orr, method: proportion, outcome: response, by: arm}
scenarios: {"null": {arms.experimental.effects.os.hazard_ratio: 1}, target: {}}
)");
  }
  std::string study() const { return at("study.yaml"); }
};

TEST_F(StudyRun, ReproducibilitySameBytesForAnyNumberOfThreads) {
  for (const char* threads : {"1", "2", "5"})
    ASSERT_EQ(run("run " + study() + " --out " + at(threads) + " --threads " + threads), 0) << file("stderr");
  for (const char* name : {"summary.csv", "summary.json", "study.yaml", "report.html"}) {
    EXPECT_EQ(file(std::string("1/") + name), file(std::string("2/") + name)) << name;
    EXPECT_EQ(file(std::string("1/") + name), file(std::string("5/") + name)) << name;
  }
}

TEST_F(StudyRun, ReproducibilitySameBytesOfTheMainStudyForAnyNumberOfThreads) {
  // With fewer draws of the parameters, under each of which the control arm is matched.
  const std::string configs = std::string(OLIGOSIM_SOURCE_DIR) + "/configs/";
  std::string text = read_file(configs + "studies/randomized_pfs.yaml");
  for (std::size_t k = text.find("../"); k != std::string::npos; k = text.find("../")) text.replace(k, 3, configs);
  text.replace(text.find("draws: 200"), 10, "draws: 4");
  write("main.yaml", text);
  const std::string main_study = at("main.yaml");
  for (const char* threads : {"1", "2", "5"})
    ASSERT_EQ(run("run " + main_study + " --replicates 1100 --out " + at(threads) + " --threads " + threads), 0)
        << file("stderr");
  for (const char* name : {"summary.csv", "truth.csv", "by_month.csv", "sanity.csv", "study.yaml", "report.html"}) {
    EXPECT_EQ(file(std::string("1/") + name), file(std::string("2/") + name)) << name;
    EXPECT_EQ(file(std::string("1/") + name), file(std::string("5/") + name)) << name;
  }
}

// A test of responses counts no events: what is missing is no number in the table either.
TEST_F(StudyRun, OracleTheTableSaysWhereNoEventsAreCounted) {
  write("fisher.yaml",
        "study: responses\nreplicates: 20\ndisease: {outcomes: {orr: {probability: 0.3, known_months: 3}}}\n"
        "arms: {a: {}, b: {}}\ntrial: {enrollment: {patients: 40, rate_per_month: 10}}\n"
        "design: {kind: fixed, primary: f, looks: [{at_month: 24}]}\n"
        "plan: {time_unit: days, analyses: [{name: f, method: fisher_exact, rows: orr, columns: arm}]}\n");
  ASSERT_EQ(run("run " + at("fisher.yaml") + " --out " + at("fisher")), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), testing::ContainsRegex("base +[0-9.]+ +[0-9.]+ +40.0 +- +24.0\n"));
}

TEST_F(StudyRun, ReproducibilityShardsMergeToTheSameBytes) {
  ASSERT_EQ(run("run " + study() + " --out " + at("whole")), 0) << file("stderr");
  ASSERT_EQ(run("run " + study() + " --shard 1/3 --out " + at("a")), 0) << file("stderr");
  ASSERT_EQ(run("run " + study() + " --shard 3/3 --out " + at("c")), 0);
  ASSERT_EQ(run("run " + study() + " --shard 2/3 --out " + at("b")), 0);
  ASSERT_EQ(run("merge " + at("c") + " " + at("a") + " " + at("b") + " --out " + at("merged")), 0) << file("stderr");
  for (const char* name : {"summary.csv", "summary.json", "study.yaml"})
    EXPECT_EQ(file(std::string("whole/") + name), file(std::string("merged/") + name)) << name;
}

TEST_F(StudyRun, ReproducibilityAFolderOfOneScenarioStandsAlone) {
  std::string text = file("study.yaml");
  text.replace(text.find("target: {}"), 10,
               "grid: {arms.experimental.effects.os.hazard_ratio: [0.5, 0.6], design.looks: [[{at_events: 35, of: os}, "
               "{at_events: 70, of: os}]]}");
  write("study.yaml", text);
  const std::string one = "run " + study() + " --scenario 'grid hazard_ratio=0.6'";
  ASSERT_EQ(run("run " + study() + " --out " + at("all")), 0) << file("stderr");
  ASSERT_EQ(run(one + " --out " + at("whole")), 0) << file("stderr");
  const std::string rows = file("whole/summary.csv");
  const std::size_t first = rows.find('\n') + 1;
  EXPECT_NE(file("all/summary.csv").find(rows.substr(first)), std::string::npos);
  ASSERT_EQ(run("report " + at("whole")), 0) << file("stderr");
  EXPECT_EQ(file("whole/summary.csv"), rows);
  ASSERT_EQ(run("replay " + at("whole") + " --replicate 3"), 0) << file("stderr");
  ASSERT_EQ(run(one + " --shard 1/2 --out " + at("a")), 0);
  ASSERT_EQ(run(one + " --shard 2/2 --out " + at("b")), 0);
  ASSERT_EQ(run("merge " + at("a") + " " + at("b") + " --out " + at("merged")), 0) << file("stderr");
  EXPECT_EQ(file("merged/summary.csv"), rows);
}

TEST_F(StudyRun, ReproducibilityLaunchersSayWhichPartIsWhose) {
  ASSERT_EQ(run("run " + study() + " --out " + at("whole")), 0) << file("stderr");
  const auto launched = [&](const std::string& environment) {
    return std::system(("env " + environment + " " + OLIGOSIM_PROGRAM + " run " + study() + " --out " + at("parts") +
                        " >/dev/null 2>" + at("stderr"))
                           .c_str());
  };
  ASSERT_EQ(launched("SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=5 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_STEP=2"),
            0);
  EXPECT_EQ(file("stderr"),
            "oligosim: SLURM_ARRAY_TASK_ID makes this part 2 of 4; it goes to " + at("parts/shard-2-of-4") + "\n");
  ASSERT_EQ(launched("SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=4"), 0);
  ASSERT_EQ(launched("OMPI_COMM_WORLD_RANK=2 OMPI_COMM_WORLD_SIZE=4"), 0);
  ASSERT_EQ(launched("JOB_COMPLETION_INDEX=3 OLIGOSIM_SHARDS=4"), 0);
  ASSERT_EQ(run("merge " + at("parts/shard-2-of-4") + " " + at("parts/shard-1-of-4") + " " + at("parts/shard-4-of-4") +
                " " + at("parts/shard-3-of-4") + " --out " + at("parts")),
            0)
      << file("stderr");
  EXPECT_EQ(file("whole/summary.csv"), file("parts/summary.csv"));
  // One process alone, in a batch script of several tasks or by itself, is the whole run.
  ASSERT_EQ(launched("SLURM_PROCID=0 SLURM_NTASKS=4 PMI_RANK=0 PMI_SIZE=1"), 0);
  EXPECT_EQ(file("whole/summary.csv"), file("parts/summary.csv"));
  EXPECT_NE(launched("PMI_RANK=4 PMI_SIZE=4"), 0);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("PMI_RANK=4 with PMI_SIZE=4 is no part of a run"));
}

/// The run that stops by itself has the bytes of one that was asked for as many replicates.
TEST_F(StudyRun, ReproducibilityARunUntilItsErrorIsSmall) {
  ASSERT_EQ(run("run " + study() + " --until-mcse 0.02 --threads 1 --out " + at("one")), 0) << file("stderr");
  ASSERT_EQ(run("run " + study() + " --until-mcse 0.02 --threads 3 --out " + at("three")), 0) << file("stderr");
  EXPECT_EQ(file("one/summary.csv"), file("three/summary.csv"));
  // Power of about 0.3 in the scenario with the larger error: sqrt(.3 * .7 / n) <= .02 from 525 on; looked at 500, 700.
  EXPECT_THAT(file("one/study.yaml"), testing::HasSubstr("\nreplicates: 700\n"));
  ASSERT_EQ(run("run " + study() + " --replicates 700 --out " + at("asked")), 0);
  for (const char* name : {"summary.csv", "study.yaml", "report.html"})
    EXPECT_EQ(file(std::string("one/") + name), file(std::string("asked/") + name)) << name;
  ASSERT_EQ(run("run " + study() + " --until-mcse 0.001 --out " + at("all")), 0);
  EXPECT_THAT(file("all/study.yaml"), testing::HasSubstr("\nreplicates: 1200\n"));
  EXPECT_THAT(file("stderr"), testing::HasSubstr("after all 1200 replicates, not the 0.001 of --until-mcse"));
  EXPECT_EQ(run("run " + study() + " --until-mcse 0.02 --shard 1/2 --out " + at("part")), 2);
  EXPECT_FALSE(has("part"));
}

TEST_F(StudyRun, ContractACommandThatThereIsNot) {
  EXPECT_EQ(run("rum " + study() + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("there is no command 'rum' ("));
  EXPECT_THAT(file("stderr"), testing::HasSubstr("did you mean run?)"));
}

TEST_F(StudyRun, ProgressIsToldToProgramsAndToWhoAsks) {
  write("slow.yaml", two_arm_study(400, 100000000, R"(    - {name: effect, method: cox, endpoint: os, terms: [arm]}
)"));
  const auto told = [&](const std::string& option, const std::string& signals) {
    const std::string command = "rm -f " + at("stderr") + "; " + OLIGOSIM_PROGRAM + " run " + at("slow.yaml") +
                                " --threads 1 --out " + at("slow") + " " + option + " >/dev/null 2>" + at("stderr") +
                                " & while [ ! -s " + at("stderr") + " ]; do sleep 0.5; " + signals +
                                " done; kill -INT $!; wait $!";
    EXPECT_EQ(WEXITSTATUS(std::system(("bash -c '" + command + "'").c_str())), 130) << file("stderr");
    return file("stderr");
  };
  EXPECT_THAT(told("--json-progress", ""),
              testing::ContainsRegex(
                  "^\\{\"done\":[0-9]+,\"total\":100000000,\"per_second\":[0-9.]+,\"seconds_left\":[0-9.]+\\}\n"));
  EXPECT_THAT(told("", "kill -USR1 $!;"),
              testing::ContainsRegex("^[0-9]+ of 100000000 replicates, [0-9]+/s, [0-9]+ s left\n"));
}

TEST_F(StudyRun, AReaderWhoGoesAwayDoesNoHarm) {
  const std::string command = std::string(OLIGOSIM_PROGRAM) + " run " + study() + " --out " + at("out") + " 2>" +
                              at("stderr") + " | true; exit ${PIPESTATUS[0]}";
  EXPECT_EQ(std::system(("bash -c '" + command + "'").c_str()), 0) << file("stderr");
  EXPECT_TRUE(has("out/summary.csv"));
  EXPECT_EQ(WEXITSTATUS(std::system((std::string(OLIGOSIM_PROGRAM) + " run " + study() + " --out " + at("out") +
                                     " >/dev/full 2>" + at("stderr"))
                                        .c_str())),
            4);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("cannot write stdout"));
}

TEST_F(StudyRun, OracleSlurmScriptsAskForWhatIsMissing) {
  const std::string slurm =
      "slurm " + study() + " --shards 3 --out " + at("array") + " --write-only --sbatch=--time=5:00";
  ASSERT_EQ(run(slurm), 0) << file("stderr");
  EXPECT_EQ(file("stderr"), "oligosim: 0 of 3 shards are finished; to run: 1,2,3\n");
  const std::string script = file("array/slurm/array.sh");
  EXPECT_THAT(script, testing::HasSubstr("#SBATCH --time=5:00\n"));
  EXPECT_EQ(std::system(("SLURM_ARRAY_TASK_ID=2 sh " + at("array/slurm/array.sh") + " >/dev/null").c_str()), 0);
  ASSERT_EQ(run(slurm), 0);
  EXPECT_EQ(file("stderr"), "oligosim: 1 of 3 shards are finished; to run: 1,3\n");
  for (const char* k : {"1", "3"})
    EXPECT_EQ(
        std::system(
            ("SLURM_ARRAY_TASK_ID=" + std::string(k) + " sh " + at("array/slurm/array.sh") + " >/dev/null").c_str()),
        0);
  EXPECT_EQ(std::system(("sh " + at("array/slurm/merge.sh") + " >/dev/null").c_str()), 0);
  ASSERT_EQ(run("run " + study() + " --out " + at("whole")), 0);
  EXPECT_EQ(file("whole/summary.csv"), file("array/summary.csv"));
  EXPECT_EQ(run("slurm " + study() + " --shards 0 --out " + at("none")), 2);
  EXPECT_FALSE(has("none"));
}

TEST_F(StudyRun, ReproducibilityExtendingGivesTheBytesOfTheLongRun) {
  ASSERT_EQ(run("run " + study() + " --replicates 450 --out " + at("grown")), 0) << file("stderr");
  ASSERT_EQ(run("run " + study() + " --out " + at("grown")), 0) << file("stderr");
  ASSERT_EQ(run("run " + study() + " --out " + at("whole")), 0);
  EXPECT_EQ(file("grown/summary.csv"), file("whole/summary.csv"));
  EXPECT_EQ(run("run " + study() + " --replicates 450 --out " + at("grown")), 2);  // fewer than it holds
  EXPECT_THAT(file("stderr"), testing::HasSubstr("holds more replicates"));
  EXPECT_EQ(run("run " + study() + " --seed 4 --out " + at("grown")), 2);  // another study
}

TEST_F(StudyRun, PropertyTrueValuesAreKeptForTheStudyOfTheFolder) {
  ASSERT_EQ(run("run " + study() + " --replicates 450 --out " + at("kept")), 0) << file("stderr");
  const std::string kept = file("kept/truths.kept"), truth = file("kept/truth.csv");
  EXPECT_EQ(run("run " + study() + " --seed 4 --out " + at("kept")), 2);  // another study leaves them alone
  EXPECT_EQ(file("kept/truths.kept"), kept);
  write("kept/truths.kept", kept.substr(0, kept.size() / 2));
  ASSERT_EQ(run("report " + at("kept")), 0) << file("stderr");  // found again
  EXPECT_EQ(file("kept/truths.kept"), kept);
  EXPECT_EQ(file("kept/truth.csv"), truth);
}

TEST_F(StudyRun, OracleAMistakenOptionIsNoMistakeOfTheFile) {
  EXPECT_EQ(run("run " + study() + " --out " + at("none") + " --replicates 0"), 2);
  EXPECT_EQ(file("stderr"), "--replicates: 0 is out of range (a whole number from 1 to 4000000000)\n");
  EXPECT_EQ(run("run " + study() + " --out " + at("none") + " --seed -1"), 2);
  EXPECT_EQ(file("stderr"), "--seed: -1 is out of range (a whole number from 0 to 9200000000000000000)\n");
  EXPECT_EQ(run("simulate " + study() + " --out " + at("none") + " --replicates 0"), 2);
  EXPECT_EQ(file("stderr"), "--replicates: 0 is out of range (a whole number of at least 1)\n");
  EXPECT_FALSE(has("none"));
}

TEST_F(StudyRun, OracleMistakesAreRefusedBeforeAnythingIsWritten) {
  std::ofstream(folder_ / "bad.yaml") << "study: x\nreplicates: many\nsede: 3\n";
  EXPECT_EQ(run("run " + at("bad.yaml") + " --out " + at("none")), 2);
  EXPECT_FALSE(fs::exists(at("none")));
  EXPECT_THAT(file("stderr"), testing::HasSubstr("bad.yaml:2:13: replicates: 'many' is not a number"));
  EXPECT_THAT(file("stderr"), testing::HasSubstr("bad.yaml:3:1: sede: unknown key"));
  EXPECT_THAT(file("stderr"), testing::HasSubstr("seed"));
  EXPECT_EQ(file("stdout"), "");
}

TEST_F(StudyRun, PropertySummaryHasItsPromisedColumnsAndTheFolderItsFiles) {
  ASSERT_EQ(run("run " + study() + " --out " + at("out")), 0) << file("stderr");
  EXPECT_EQ(file("out/summary.csv").substr(0, file("out/summary.csv").find('\n')),
            "scenario,look,analysis,method,endpoint,population,group,term,parameter,at,interval,metric,threshold,value,"
            "mcse,lower,upper,n_replicates,n_missing,truth");
  for (const char* name :
       {"summary.json", "report.html", "study.yaml", "manifest.json", "read_results.R", "blocks.log"})
    EXPECT_TRUE(fs::exists(folder_ / "out" / name)) << name;
  ASSERT_EQ(run("run " + at("out/study.yaml") + " --out " + at("again")), 0) << file("stderr");
  EXPECT_EQ(file("out/summary.csv"), file("again/summary.csv"));
}

TEST_F(StudyRun, OracleCheckSaysTheBoundaries) {
  ASSERT_EQ(run("check " + study()), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), testing::HasSubstr("boundary z 2.668630"));
  EXPECT_THAT(file("stdout"), testing::HasSubstr("boundary z 1.980965"));
}

TEST_F(StudyRun, PropertyCheckSaysWhatARunTakes) {
  ASSERT_EQ(run("check " + study()), 0) << file("stderr");
  const std::string text = file("stdout"), cost = text.substr(text.rfind('\n', text.size() - 2) + 1);
  unsigned replicates = 0, scenarios = 0, cores = 0;
  double microseconds = 0, seconds = 0, truth_seconds = 0, megabytes = 0;
  ASSERT_EQ(std::sscanf(cost.c_str(),
                        "%u replicates of %u scenarios, %lf microseconds each: about %lf s on %u cores, "
                        "their true values %lf s; %lf MB",
                        &replicates, &scenarios, &microseconds, &seconds, &cores, &truth_seconds, &megabytes),
            7)
      << cost;
  EXPECT_NEAR(seconds, 1e-6 * microseconds * replicates * scenarios / cores, 0.02 * seconds);
  EXPECT_GT(truth_seconds, 0);
  EXPECT_GT(megabytes, 5);
}

TEST_F(StudyRun, OracleShippedStudiesAreAccepted) {
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(OLIGOSIM_SOURCE_DIR) / "configs/studies"))
    if (entry.path().extension() == ".yaml") {
      EXPECT_EQ(run("check " + entry.path().string()), 0) << entry.path() << "\n" << file("stderr");
    }
}

TEST_F(StudyRun, OracleTheCoverageAtTheTopIsThatOfThePrimaryAnalysis) {
  write("two.yaml", two_arm_study(100, 100, R"(    - {name: trend, method: cox, endpoint: os, terms: [enrollment_d]}
    - {name: effect, method: cox, endpoint: os, terms: [arm]}
)"));
  ASSERT_EQ(run("run " + at("two.yaml") + " --out " + at("two")), 0) << file("stderr");
  EXPECT_THAT(file("two/report.html"), testing::HasSubstr("; true value 0.7<"));
}

}  // namespace
}  // namespace oligosim

// Analyses that give no number: counted by either convention, held against the study's limit, shown by a replay.
#include <fmt/format.h>

#include "tests/app/program.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

/// So few patients that some Cox models have no finite maximum.
class Failures : public Program {
 protected:
  void write_study(const std::string& limit) const {
    write("study.yaml", R"(study: tiny
seed: 11
replicates: 400
replicates_per_block: 50
disease: {os: {median_months: 10}}
arms: {a: {}, b: {effects: {os: {hazard_ratio: 0.5}}}}
trial: {enrollment: {patients: 12, over_months: 12}}
design: {kind: fixed, primary: cox, alpha: 0.3, sides: 2, looks: [{at_month: 20}]}
truth: {patients: 40000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: cox, method: cox, endpoint: os, terms: [arm]}
    - {name: log_rank, method: log_rank, endpoint: os, by: arm}
scenarios: {"it's one": {}, two: {arms.b.effects.os.hazard_ratio: 1}}
)" + limit);
  }

  /// The rows of a CSV for which `wanted` holds.
  template <class F>
  std::vector<std::vector<std::string>> rows_where(const std::string& name, const F& wanted) const {
    std::vector<std::vector<std::string>> some;
    for (const auto& row : rows(name))
      if (wanted(row)) some.push_back(row);
    return some;
  }
};

TEST_F(Failures, OracleBothConventionsAreCountedFromTheEstimates) {
  write_study("");
  ASSERT_EQ(run("run " + at("study.yaml") + " --keep-estimates --out " + at("out")), 0) << file("stderr");
  const auto of_first = [](const auto& r) { return r[0] == "it's one" && r[3] == "cox" && r[9] == "hazard_ratio"; };
  double failed = 0, rejected = 0;
  for (const auto& r : rows_where("out/estimates.csv", of_first)) {
    failed += r.back() != "ok";
    rejected += r.back() == "ok" && std::stod(r[18]) <= 0.3;
  }
  ASSERT_GT(failed, 10);
  const auto metric = [&](const std::string& name) {
    const auto found = rows_where("out/summary.csv", [&](const auto& r) {
      return r[0] == "it's one" && r[2] == "cox" && r[8] == "hazard_ratio" && r[11] == name;
    });
    EXPECT_EQ(found.size(), 1u);
    EXPECT_EQ(std::stod(found.front()[18]), failed) << name;
    return std::pair(std::stod(found.front()[13]), std::stod(found.front()[17]));
  };
  EXPECT_DOUBLE_EQ(metric("power").first, rejected / 400);
  EXPECT_EQ(metric("power").second, 400);
  EXPECT_DOUBLE_EQ(metric("power_excluding_missing").first, rejected / (400 - failed));
  EXPECT_EQ(metric("power_excluding_missing").second, 400 - failed);
  EXPECT_THAT(file("out/report.html"), HasSubstr("Tests that could not be made in some replicates"));
}

TEST_F(Failures, ARunThatMissesTheLimitIsWrittenAndSaysWhereToLook) {
  write_study("failures: {at_most: 0.01, of: [cox, log_rank]}\n");
  EXPECT_EQ(run("run " + at("study.yaml") + " --keep-estimates --out " + at("out")), 3);
  for (const char* name : {"summary.csv", "report.html", "manifest.json", "estimates.csv"})
    EXPECT_TRUE(has(std::string("out/") + name)) << name;
  EXPECT_THAT(file("out/report.html"), HasSubstr("The study allows 1 % of the replicates"));
  const std::string said = file("stderr");
  EXPECT_THAT(said, HasSubstr("oligosim: scenario it's one, analysis cox, arm=b: hazard ratio (wald): no number in "));
  EXPECT_THAT(said, HasSubstr(", where the study allows 1 %; the first is replicate "));
  EXPECT_THAT(said, testing::Not(HasSubstr("analysis log_rank")));  // it never fails here
  // The first replicate named is the first in the estimates, and its replay shows the same.
  const auto failed = rows_where("out/estimates.csv", [](const auto& r) {
    return r[0] == "it's one" && r[3] == "cox" && r[9] == "hazard_ratio" && r.back() != "ok";
  });
  const std::string replicate = failed.front()[1], status = failed.front().back();
  EXPECT_THAT(said, HasSubstr("the first is replicate " + replicate + " (" + status + "):\n"));
  const std::size_t command = said.find("  oligosim replay ") + 2;
  ASSERT_EQ(run(said.substr(command + 9, said.find('\n', command) - command - 9)), 0) << file("stderr");
  EXPECT_THAT(file("stdout"), HasSubstr(status));
  EXPECT_EQ(run("report " + at("out")), 3);
}

TEST_F(Failures, TheLimitIsNoPartOfTheBlocks) {
  write_study("failures: {at_most: 0.5}\n");
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 0) << file("stderr");
  const std::string summary = file("out/summary.csv"), log = file("out/blocks.log");
  write_study("failures: {at_most: 0}\n");
  EXPECT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 3);
  EXPECT_EQ(file("out/summary.csv"), summary);
  EXPECT_EQ(file("out/blocks.log"), log);
}

TEST_F(Failures, TheLimitItselfIsAllowed) {
  write_study("failures: {at_most: 0}\n");
  ASSERT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), 3) << file("stderr");
  double most = 0;
  for (const auto& row : rows_where("out/summary.csv", [](const auto& r) { return r[2] == "cox" && r[11] == "power"; }))
    most = std::max(most, std::stod(row[18]));
  ASSERT_GT(most, 1);
  for (const auto& [failed, code] : {std::pair(most, 0), {most - 1, 3}}) {
    write_study(fmt::format("failures: {{at_most: {}}}\n", failed / 400));
    EXPECT_EQ(run("run " + at("study.yaml") + " --out " + at("out")), code) << failed;
  }
}

/// A job array's merge waits for all of its shards to be done: the whole is judged, not its parts.
TEST_F(Failures, ShardsAreJudgedWhenTheyAreMerged) {
  write_study("failures: {at_most: 0}\n");
  ASSERT_EQ(run("run " + at("study.yaml") + " --shard 1/2 --out " + at("a")), 0) << file("stderr");
  ASSERT_EQ(run("run " + at("study.yaml") + " --shard 2/2 --out " + at("b")), 0) << file("stderr");
  EXPECT_EQ(run("merge " + at("a") + " " + at("b") + " --out " + at("whole")), 3);
  EXPECT_TRUE(has("whole/summary.csv"));
}

TEST_F(Failures, WhatIsNoLimitIsRefused) {
  const auto refusal = [&](const std::string& limit) {
    write_study(limit);
    EXPECT_EQ(run("run " + at("study.yaml") + " --out " + at("none")), 2);
    EXPECT_FALSE(has("none"));
    return file("stderr");
  };
  EXPECT_THAT(refusal("failures: {at_most: 2}\n"), HasSubstr("study.yaml:17:21: failures.at_most: 2 is"));
  EXPECT_THAT(refusal("failures: {}\n"), HasSubstr("study.yaml:17:11: failures.at_most: missing"));
  EXPECT_THAT(refusal("failures: {at_most: 0.1, of: [coxx]}\n"), HasSubstr("study.yaml:17:31: failures.of[0]"));
}

}  // namespace
}  // namespace oligosim

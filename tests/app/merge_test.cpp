// The merge command on shards that are not the whole, or do not go together.
#include "tests/app/program.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

class Merge : public Program {
 protected:
  void SetUp() override {
    Program::SetUp();
    write("study.yaml", R"(study: plain
seed: 3
replicates: 600
replicates_per_block: 50
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 60, rate_per_month: 5}}
design: {kind: fixed, primary: log_rank, looks: [{at_events: 40, of: os}]}
truth: {patients: 20000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: log_rank, method: log_rank, endpoint: os, by: arm}]
)");
  }
  void shard(const std::string& part, const std::string& out, const std::string& more = "") const {
    ASSERT_EQ(run("run " + at("study.yaml") + " --shard " + part + " --out " + at(out) + more), 0) << file("stderr");
  }
  int merge(const std::vector<std::string>& folders, const std::string& out) const {
    std::string command = "merge --out " + at(out);
    for (const std::string& folder : folders) command += " " + at(folder);
    return run(command);
  }
};

/// The second part was asked for more replicates than the first, which therefore lacks blocks.
TEST_F(Merge, PropertyTheLongestPartSaysHowLongTheWholeIs) {
  shard("1/2", "one");
  shard("2/2", "two", " --replicates 900");
  ASSERT_EQ(merge({"one", "two"}, "a"), 0);
  const std::string told = file("stderr");
  EXPECT_EQ(told, "oligosim: none of the folders has blocks 13, 15, 17 (3 of 18); the summary is partial\n");
  ASSERT_EQ(merge({"two", "one"}, "b"), 0);
  EXPECT_EQ(file("stderr"), told);
  for (const char* folder : {"a/", "b/"}) {
    EXPECT_THAT(file(std::string(folder) + "study.yaml"), HasSubstr("\nreplicates: 900\n"));
    EXPECT_THAT(file(std::string(folder) + "manifest.json"), HasSubstr("\"partial\": true"));
  }
  EXPECT_EQ(file("a/summary.csv"), file("b/summary.csv"));
}

TEST_F(Merge, OracleMissingPartsAreNamed) {
  shard("1/3", "one");
  shard("3/3", "three");
  ASSERT_EQ(merge({"one", "three"}, "whole"), 0);
  EXPECT_EQ(file("stderr"),
            "oligosim: none of the folders has part 2 of 3 (--shard 2/3), blocks 2, 5, 8, 11 (4 of 12); the summary is "
            "partial\n");
  ASSERT_EQ(merge({"one", "three", "one"}, "again"), 0);  // named twice, it is one part all the same
  EXPECT_THAT(file("stderr"), HasSubstr("none of the folders has part 2 of 3 (--shard 2/3), "));
  shard("2/3", "two");
  ASSERT_EQ(merge({"one", "three", "two"}, "whole"), 0);
  EXPECT_EQ(file("stderr"), "");
  EXPECT_THAT(file("whole/manifest.json"), HasSubstr("\"partial\": false"));
}

/// A part that was killed has its blocks alone.
TEST_F(Merge, PropertyAFolderOfBlocksAloneIsJoined) {
  shard("1/2", "one");
  shard("2/2", "two");
  std::filesystem::remove(at("one/study.yaml"));
  ASSERT_EQ(merge({"one", "two"}, "a"), 0) << file("stderr");
  ASSERT_EQ(merge({"two", "one"}, "b"), 0) << file("stderr");
  EXPECT_EQ(file("a/summary.csv"), file("b/summary.csv"));
  EXPECT_THAT(file("a/manifest.json"), HasSubstr("\"partial\": false"));
}

TEST_F(Merge, PropertyARefusedMergeWritesNothing) {
  shard("1/2", "one");
  shard("2/2", "other", " --seed 4");
  EXPECT_EQ(merge({"one", "other"}, "whole"), 2);
  EXPECT_THAT(file("stderr"), HasSubstr("other: is of another study, seed or program version than"));
  EXPECT_FALSE(has("whole"));
  for (const auto& folders : {std::vector<std::string>{"one", "none"}, {"none", "one"}}) {
    EXPECT_EQ(merge(folders, "whole"), 2);
    EXPECT_EQ(file("stderr"), at("none") + ": is not the folder of a run (there is no blocks.log in it)\n");
    EXPECT_FALSE(has("whole"));
  }
}

}  // namespace
}  // namespace oligosim

// Runs side by side, as a user holds them against one another.
#include <filesystem>
#include <map>

#include "tests/app/program.hpp"

namespace oligosim {
namespace {

class Compare : public Program {
 protected:
  void study(const std::string& name, const std::string& ratio, const std::string& scenario = "target") {
    write(name + ".yaml", "study: plain " + ratio + R"(
seed: 5
replicates: 200
replicates_per_block: 10
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: )" +
                              ratio + R"(}}}}
trial: {enrollment: {patients: 90, rate_per_month: 5}}
design: {kind: fixed, primary: effect, looks: [{at_events: 60, of: os}]}
truth: {patients: 2000}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: effect, method: log_rank, endpoint: os, by: arm}]
scenarios: {)" + scenario + ": {}}\n");
    ASSERT_EQ(run("run " + at(name + ".yaml") + " --out " + at(name)), 0) << file("stderr");
  }
};

TEST_F(Compare, OracleValuesAreThoseOfTheSummaries) {
  study("weak", "0.8");
  study("strong", "0.5");
  ASSERT_EQ(run("compare " + at("weak") + " " + at("strong") + " --out " + at("out")), 0) << file("stderr");
  std::map<std::string, std::string> claims;
  for (const std::string name : {"weak", "strong"})
    for (const auto& row : rows(name + "/summary.csv"))
      if (row[11] == "reject" && row[1] == "final") claims[name] = row[13];
  std::size_t found = 0;
  for (const auto& row : rows("out/comparison.csv")) {
    if (row[1] != "reject") continue;
    ++found;
    EXPECT_EQ(row[3], claims[row[2]]);
    if (row[2] == "strong") {
      EXPECT_NEAR(std::stod(row[7]), std::stod(claims["strong"]) - std::stod(claims["weak"]), 1e-12);
      EXPECT_EQ(row[11], "yes");
    }
  }
  EXPECT_EQ(found, 2u);
  EXPECT_THAT(file("stdout"), testing::HasSubstr("paired"));
  EXPECT_THAT(file("out/comparison.html"), testing::HasSubstr("plain 0.5"));
}

TEST_F(Compare, ContractWhatCannotBeCompared) {
  study("one", "0.8");
  study("other", "0.8", "another");
  EXPECT_EQ(run("compare " + at("one") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("two or more"));
  EXPECT_EQ(run("compare " + at("one") + " " + at("other") + " --out " + at("out")), 2);
  EXPECT_THAT(file("stderr"), testing::HasSubstr("no finished scenario with the same name"));
  EXPECT_NE(run("compare " + at("one") + " " + at("nowhere") + " --out " + at("out")), 0);
  EXPECT_FALSE(std::filesystem::exists(at("out")));
}

}  // namespace
}  // namespace oligosim

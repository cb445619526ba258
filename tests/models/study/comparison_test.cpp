// Several runs side by side.
#include "models/study/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

constexpr std::uint32_t replicates = 4000, block = 100;

struct FinishedRun {
  ComparedScenario blocks;
  std::vector<double> claims, months;  // of each replicate
};

FinishedRun run(const std::string& text, std::uint64_t seed = 0) {
  Study study = study_from(text);
  if (seed) study.seed = seed;
  const Scenario& scenario = study.scenarios.front();
  scenario.prepare(1);
  const TrialExperiment experiment(scenario, study.seed, true_values(scenario, study.seed, {study.truth_patients}, 2));
  char name[] = "/tmp/oligosim-test-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  LogHeader header;
  header.block_size = block;
  header.scenarios = 1;
  header.columns = static_cast<std::uint32_t>(experiment.columns().size());
  FinishedRun result;
  {
    BlockLog log(folder / "blocks.log", header);
    const std::atomic<bool> stop{false};
    const std::vector<const Experiment*> experiments = {&experiment};
    run_blocks(
        {experiments, replicates, block, {}, 2, false}, log, [](const Progress&) {}, stop);
    result.blocks = compared_scenario(experiment, study.seed, log, 0);
  }
  std::filesystem::remove_all(folder);
  Arena arena;
  for (std::uint32_t k = 1; k <= replicates; ++k) {
    arena.reset();
    const TrialExperiment::Record record = experiment.record(k, arena);
    result.claims.push_back(record.decision == Decision::efficacy);
    result.months.push_back(record.looks.back().day / scenario.trial->days_per_month());
  }
  return result;
}

std::string study(const std::string& ratio, const std::string& look = "at_month: 24") {
  std::string text = two_arm_study(100, replicates, "    - {name: effect, method: cox, endpoint: os, terms: [arm]}\n");
  text.replace(text.find("hazard_ratio: 0.7"), 17, "hazard_ratio: " + ratio);
  text.replace(text.find("at_month: 24"), 12, look);
  return text;
}

const Difference& row(const std::vector<Difference>& rows, std::size_t run, const std::string& metric) {
  for (const Difference& d : rows)
    if (d.run == run && compared_metrics()[d.metric].name == metric) return d;
  throw std::runtime_error("no row");
}

/// Mean and standard error of differences replicate by replicate.
std::pair<double, double> by_replicate(const std::vector<double>& a, const std::vector<double>& b) {
  Moments m;
  for (std::size_t k = 0; k < a.size(); ++k) m.add(b[k] - a[k]);
  return {m.mean, std::sqrt(m.variance() / static_cast<double>(m.n))};
}

TEST(Comparison, OracleDifferencesReplicateByReplicate) {
  const FinishedRun first = run(study("0.7")), other = run(study("0.65")),
                    later = run(study("0.7", "at_events: 80, of: os"));
  const std::vector<std::vector<ComparedScenario>> runs = {{first.blocks}, {other.blocks}, {later.blocks}};
  const std::vector<Difference> rows = compare_runs(runs);
  const auto holds = [&](const Difference& d, const std::pair<double, double>& wanted) {
    EXPECT_TRUE(d.paired);
    EXPECT_NEAR(d.more.value, wanted.first, 1e-12);
    // The error over 40 blocks estimates that over replicates, itself with an error of 1 / sqrt(2 * 39) of it.
    EXPECT_NEAR(d.more.mcse / wanted.second, 1, 4 / std::sqrt(78.0));
    EXPECT_NEAR(d.more.upper - d.more.value, 2.022690920036769 * d.more.mcse, 1e-12);  // qt(0.975, 39)
  };
  holds(row(rows, 1, "reject"), by_replicate(first.claims, other.claims));
  holds(row(rows, 2, "reject"), by_replicate(first.claims, later.claims));
  holds(row(rows, 2, "expected_duration_months"), by_replicate(first.months, later.months));
  // Random numbers in common make the error much smaller than independent runs have it.
  const Difference& power = row(rows, 1, "reject");
  EXPECT_LT(power.more.mcse, 0.7 * std::hypot(row(rows, 0, "reject").value.mcse, power.value.mcse));
  EXPECT_TRUE(std::isnan(row(rows, 0, "reject").more.value));
}

// Of a run and its own first half the error is that of half as many replicates: a replicate of the half is in it with
// (1/n - 2/n), of the others with 1/n.
TEST(Comparison, OracleARunWithMoreReplicates) {
  const ComparedScenario all = run(study("0.7")).blocks;
  ComparedScenario half = all;
  half.blocks.resize(20);
  const std::vector<std::vector<ComparedScenario>> runs = {{half}, {all}};
  const std::vector<Difference> rows = compare_runs(runs);
  const Difference &first = row(rows, 0, "reject"), &other = row(rows, 1, "reject");
  EXPECT_TRUE(other.paired);
  EXPECT_NEAR(other.more.value, other.value.value - first.value.value, 1e-12);
  EXPECT_NEAR(other.more.mcse / other.value.mcse, 1, 4 / std::sqrt(78.0));
  half.blocks[3].clear();
  const std::vector<std::vector<ComparedScenario>> apart = {{half}, {all}};
  EXPECT_FALSE(row(compare_runs(apart), 1, "reject").paired);
}

/// Two blocks of 40 give a spread of differences that may be anything, 0 too.
TEST(Comparison, ContractFewBlocksAreIndependent) {
  std::vector<std::vector<ComparedScenario>> runs = {{run(study("0.7")).blocks}, {run(study("0.65")).blocks}};
  for (std::vector<ComparedScenario>& r : runs) r.front().blocks.resize(19);
  const std::vector<Difference> rows = compare_runs(runs);
  const Difference &first = row(rows, 0, "reject"), &other = row(rows, 1, "reject");
  EXPECT_FALSE(other.paired);
  EXPECT_NEAR(other.more.mcse, std::hypot(first.value.mcse, other.value.mcse), 1e-15);
  const std::vector<std::string> names = {"one", "two"};
  EXPECT_THAT(comparison_page(names, names, rows, "oligosim"), testing::HasSubstr("20 of these or more in common"));
}

TEST(Comparison, ContractAnotherSeedIsIndependent) {
  const std::vector<std::vector<ComparedScenario>> runs = {{run(study("0.7")).blocks}, {run(study("0.7"), 7).blocks}};
  const std::vector<Difference> rows = compare_runs(runs);
  const Difference &first = row(rows, 0, "coverage"), &other = row(rows, 1, "coverage");
  EXPECT_FALSE(other.paired);
  EXPECT_NEAR(other.more.mcse, std::hypot(first.value.mcse, other.value.mcse), 1e-15);
  EXPECT_LT(std::abs(other.more.value), 4 * other.more.mcse);
}

TEST(Comparison, ContractOnlyScenariosThatAllHave) {
  ComparedScenario a = run(study("0.7")).blocks, b = a;
  b.scenario = "other";
  const std::vector<std::vector<ComparedScenario>> runs = {{a, b}, {b}};
  for (const Difference& d : compare_runs(runs)) EXPECT_EQ(d.scenario, "other");
  const std::vector<std::vector<ComparedScenario>> apart = {{a}, {b}};
  EXPECT_TRUE(compare_runs(apart).empty());
}

TEST(Comparison, PropertyThePageAndTheFileHaveEveryRun) {
  const ComparedScenario a = run(study("0.7")).blocks;
  const std::vector<std::vector<ComparedScenario>> runs = {{a}, {a}};
  const std::vector<Difference> rows = compare_runs(runs);
  const std::vector<std::string> names = {"one", "<two>"}, titles = {"One", "Two"};
  const std::string page = comparison_page(names, titles, rows, "oligosim");
  EXPECT_THAT(page, testing::HasSubstr("&lt;two&gt;"));
  EXPECT_THAT(page, testing::HasSubstr("All runs have random numbers in common"));
  EXPECT_THAT(page, testing::HasSubstr("+0 ± 0 %"));
  const std::string csv = comparison_csv(names, rows);
  EXPECT_EQ(std::ranges::count(csv, '\n'), static_cast<std::ptrdiff_t>(1 + rows.size()));
}

}  // namespace
}  // namespace oligosim

// What a study asks of the distribution of its estimates, and of families of analyses, counted replicate by replicate.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

constexpr std::uint32_t replicates = 1000;

// Few patients: some hazard ratios do not exist.
std::string tiny_study(const std::string& wanted) {
  return R"(study: tiny
replicates: 1000
disease: {os: {median_months: 10}, pfs: {median_months: 6}}
arms: {a: {}, b: {effects: {os: {hazard_ratio: 0.3}}}}
trial: {enrollment: {patients: 12, over_months: 12}}
design: {kind: fixed, primary: os, alpha: 0.05, sides: 2, looks: [{at_month: 20}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}, pfs: {time: pfs_d, event: pfs_e}}
  analyses:
    - {name: os, method: cox, endpoint: os, terms: [arm]}
    - {name: pfs, method: log_rank, endpoint: pfs, by: arm}
)" + wanted;
}

TEST(Distribution, OracleCountedReplicateByReplicate) {
  const Study study = study_from(
      tiny_study("distribution: {hazard_ratio: {share_at_most: [0.5], quantiles: [0.9], interval_contains: [1]}}\n"
                 "families: {both: [os, pfs], one: [pfs]}\n"));
  const Scenario& scenario = study.scenarios.front();
  double at_most = 0, contains = 0, estimable = 0, both = 0;
  std::vector<double> ratios;
  for (std::uint32_t k = 1; k <= replicates; ++k) {
    Arena arena;
    const Patients patients = scenario.trial->simulate(Streams(study.seed, k), arena);
    const Cohort data = scenario.trial->cut(patients, 20 * scenario.trial->days_per_month(), arena);
    PlanData analysed(data, scenario.plan->parts(), arena);
    std::vector<Estimate> e(scenario.plan->labels().size());
    scenario.plan->evaluate(analysed, arena, e);
    both += e.front().p_value <= 0.05 || e.back().p_value <= 0.05;
    if (e.front().status != Status::ok) continue;
    estimable += 1, at_most += e.front().estimate <= 0.5;
    contains += e.front().lower <= 1 && 1 <= e.front().upper;
    ratios.push_back(e.front().estimate);
  }
  EXPECT_GT(replicates - estimable, 20);
  const std::vector<SummaryRow> rows = run_in_memory(study, 2, false);
  const auto row = [&](const char* metric) { return row_of(rows, "base", metric, "os", "hazard_ratio"); };
  EXPECT_EQ(row("share_at_most").measure.value, at_most / replicates);
  EXPECT_EQ(row("share_at_most").threshold, 0.5);
  EXPECT_EQ(row("share_at_most").measure.n_missing, replicates - estimable);
  EXPECT_NEAR(row("interval_contains").measure.value, contains / estimable, 1e-12);
  EXPECT_NEAR(row("missing").measure.value, 1 - estimable / replicates, 1e-12);
  std::ranges::sort(ratios);
  const double place = (estimable - 1) * 0.9;
  const double below = ratios[static_cast<std::size_t>(place)], above = ratios[static_cast<std::size_t>(place) + 1];
  EXPECT_NEAR(row("quantile").measure.value, below + (place - std::floor(place)) * (above - below), 2e-3 * above);
  EXPECT_EQ(row_of(rows, "base", "any_rejects", "both").measure.value, both / replicates);
  EXPECT_EQ(row_of(rows, "base", "any_rejects", "one").measure.value,
            row_of(rows, "base", "power", "pfs", "log_rank").measure.value);
}

TEST(Distribution, RefusesWhatThePlanDoesNotMake) {
  const auto message = [](const std::string& wanted) -> std::string {
    try {
      study_from(tiny_study(wanted));
    } catch (const InputError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_THAT(message("distribution: {odds_ratio: {quantiles: [0.5]}}\n"),
              testing::HasSubstr("study.yaml:13:16: distribution.odds_ratio: unknown key (accepted: hazard_ratio"));
  EXPECT_THAT(message("distribution: {hazard_ratio: {quantiles: [1.5]}}\n"), testing::HasSubstr("study.yaml:13:43"));
  EXPECT_THAT(message("families: {all: [os, pfz]}\n"), testing::HasSubstr("study.yaml:13:22: families.all"));
}

}  // namespace
}  // namespace oligosim

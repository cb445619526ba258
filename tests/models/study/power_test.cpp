// Power and level of plain exponential trials: against Schoenfeld's formula and an independent simple simulation.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/trial/naive_trial.hpp"

namespace oligosim {
namespace {

std::string yaml_of(const NaiveTrial& t, int replicates) {
  std::string looks;
  for (const int events : t.event_looks)
    looks += fmt::format("{}{{at_events: {}, of: os}}", looks.empty() ? "" : ", ", events);
  const int unit = t.control_share + t.experimental_share;
  return fmt::format(R"(
study: power of a plain trial
seed: 4711
replicates: {}
disease: {{os: {{median_months: {}}}}}
arms:
  control: {{allocation: {}}}
  experimental: {{allocation: {}, effects: {{os: {{hazard_ratio: {}}}}}}}
trial:
  enrollment: {{patients: {}, rate_per_month: {}}}
  randomization: {{blocks: [{}]}}
  dropout: {{probability: {}, by_month: 12}}
design: {{kind: {}, primary: log_rank, alpha: 0.025, sides: 1, looks: [{}], latest_month: 2000}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses: [{{name: log_rank, method: log_rank, endpoint: os, by: arm}}]
)",
                     replicates, t.control_median, t.control_share, t.experimental_share, t.hazard_ratio, t.patients,
                     t.rate_per_month, 2 * unit, t.dropout_by_12,
                     t.event_looks.size() > 1 ? "group_sequential" : "fixed", looks);
}

double schoenfeld(const NaiveTrial& t) {
  const double r = static_cast<double>(t.experimental_share) / t.control_share;
  const double information = t.event_looks.back() * r / ((1 + r) * (1 + r));
  return normal_cdf(-std::log(t.hazard_ratio) * std::sqrt(information) - t.boundaries.back());
}

class PlainTrial : public testing::TestWithParam<NaiveTrial> {};

TEST_P(PlainTrial, StatisticalPowerAgreesWithFormulaAndWithASimpleSimulation) {
  const NaiveTrial t = GetParam();
  const int replicates = 20000, naive_replicates = 10000;
  const auto rows = run_in_memory(study_from(yaml_of(t, replicates)), 2, false);
  const Measure power = row_of(rows, "base", "reject", "log_rank").measure;
  std::mt19937_64 random(20250611);
  int rejected = 0;
  for (int r = 0; r < naive_replicates; ++r) rejected += naive_rejects(t, random);
  const double naive = static_cast<double>(rejected) / naive_replicates;
  const double naive_mcse = std::sqrt(naive * (1 - naive) / naive_replicates);
  fmt::print("HR {} d {} looks {}: program {:.4f}, simple simulation {:.4f}, Schoenfeld {:.4f}, difference {:+.4f}\n",
             t.hazard_ratio, t.event_looks.back(), t.event_looks.size(), power.value, naive, schoenfeld(t),
             power.value - schoenfeld(t));
  EXPECT_NEAR(power.value, naive, 4 * std::hypot(power.mcse, naive_mcse));
  // Schoenfeld's formula takes the allocation to hold among the patients at risk throughout, which fails for unequal
  // arms and a strong effect; and it knows one look.
  if (t.event_looks.size() == 1 && t.control_share == t.experimental_share) {
    EXPECT_NEAR(power.value, schoenfeld(t), std::max(0.01, 4 * power.mcse));
  }
}

constexpr double z = 1.959963984540054;
INSTANTIATE_TEST_SUITE_P(
    Cells, PlainTrial,
    testing::Values(NaiveTrial{160, 6, 6, 1.0, 0, 1, 1, {110}, {z}}, NaiveTrial{160, 6, 6, 0.7, 0, 1, 1, {110}, {z}},
                    NaiveTrial{200, 10, 12, 0.7, 0.1, 1, 1, {150}, {z}},
                    NaiveTrial{160, 6, 5, 0.6, 0.05, 1, 1, {120}, {z}},
                    NaiveTrial{150, 8, 6, 0.65, 0, 1, 2, {120}, {z}},
                    NaiveTrial{300, 20, 10, 0.8, 0.1, 1, 1, {220}, {z}},
                    NaiveTrial{250, 10, 8, 0.75, 0.05, 1, 1, {200}, {z}},
                    NaiveTrial{160, 6, 6, 1.0, 0, 1, 1, {66, 110}, {2.668630143, 1.980965026}},
                    NaiveTrial{160, 6, 6, 0.65, 0.05, 1, 1, {66, 110}, {2.668630143, 1.980965026}}));

// An honest log-rank test of 160 patients at 110 events rejects slightly more than its nominal level (about 2.56 %).
TEST(NullScenario, StatisticalRejectionStaysNearTheNominalLevel) {
  const NaiveTrial null{160, 6, 6, 1.0, 0, 1, 1, {110}, {z}};
  const auto rows = run_in_memory(study_from(yaml_of(null, 100000)), 2, false);
  const Measure level = row_of(rows, "base", "reject", "log_rank").measure;
  fmt::print("level {:.5f} (mcse {:.5f})\n", level.value, level.mcse);
  EXPECT_NEAR(level.value, 0.025, 0.002);
}

}  // namespace
}  // namespace oligosim

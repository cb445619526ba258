// Designs by scenarios: what integration says against a million paths, and trials of the program against another
// program's. Prints results/group_sequential.csv: what is expected of the paths is by integration, of the trials by the
// other program, of non-inferiority by formula.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "models/study/closed_form/closed_form_design.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/trial/naive_trial.hpp"
#include "tests/statistics/sequential/sequential.hpp"

namespace oligosim {
namespace {

/// A share of `n` draws against its probability, in standard errors; 0 where fewer than 20 are expected.
double standardized(double share, double probability, double n) {
  if (n * probability * (1 - probability) < 20) return 0;
  return (share - probability) / std::sqrt(probability * (1 - probability) / n);
}

TEST(GroupSequentialCells, StatisticalExitsOfEveryDesignOfRpactInAMillionPaths) {
  const test::ReferenceTable reference("group_sequential_designs.csv");
  constexpr int paths = 1000000;
  int cells = 0;
  std::uint64_t seed = 0;
  double largest = 0;
  fmt::print("source,design,scenario,look,stop,expected,simulated,z\n");
  for (std::size_t row = 0; row < reference.size();) {
    const SequentialDesign design = test::reference_design(reference, row);
    const std::string name =
        fmt::format("{} {} {} {}", reference.text(row, "efficacy"), reference.text(row, "parameter"),
                    reference.text(row, "futility"), reference.text(row, "binding") == "1" ? "binding" : "");
    const double full = drift_for_power(design, 1 - reference.number(row, "beta"));
    for (const double share_of_drift : {0.0, 0.5, 1.0}) {
      const double drift = share_of_drift * full;
      const ExitProbabilities exact = exit_probabilities(design, *design.planned().back(), drift);
      const ExitProbabilities drawn = test::drawn_exits(design, drift, paths, ++seed);
      for (std::size_t k = 0; k < exact.efficacy.size(); ++k) {
        const auto compare = [&](const char* stop, double expected, double simulated) {
          const double z = standardized(simulated, expected, paths);
          if (z == 0) return;
          EXPECT_LE(std::abs(z), 4) << name << " " << share_of_drift << " " << k << stop;
          largest = std::max(largest, std::abs(z)), ++cells;
          fmt::print("paths,{},{} of the drift,{},{},{:.6f},{:.6f},{:.2f}\n", name, share_of_drift, k + 1, stop,
                     expected, simulated, z);
        };
        compare("efficacy", exact.efficacy[k], drawn.efficacy[k]);
        compare("futility", exact.futility[k], drawn.futility[k]);
      }
    }
    row += design.planned().size();
  }
  fmt::print(stderr, "{} cells, largest |z| {:.2f}\n", cells, largest);
  EXPECT_GT(cells, 300);
}

std::string study_of(const NaiveTrial& t, const std::string& rules, int replicates) {
  std::string looks;
  for (const int events : t.event_looks)
    looks += fmt::format("{}{{at_events: {}, of: os}}", looks.empty() ? "" : ", ", events);
  return fmt::format(R"(
study: cells
seed: 4711
replicates: {}
disease: {{os: {{median_months: {}}}}}
arms: {{control: {{}}, experimental: {{effects: {{os: {{hazard_ratio: {}}}}}}}}}
trial:
  enrollment: {{patients: {}, rate_per_month: {}}}
  randomization: {{blocks: [4]}}
  dropout: {{probability: {}, by_month: 12}}
design: {{kind: group_sequential, primary: log_rank, looks: [{}], latest_month: 2000, {}}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  analyses: [{{name: log_rank, method: log_rank, endpoint: os, by: arm}}]
)",
                     replicates, t.control_median, t.hazard_ratio, t.patients, t.rate_per_month, t.dropout_by_12, looks,
                     rules);
}

double share_at(const std::vector<SummaryRow>& rows, const char* metric, std::size_t look) {
  return find_row(rows, "base", metric, std::to_string(look + 1), "log_rank")->measure.value;
}

TEST(GroupSequentialCells, StatisticalTrialsAgainstASimpleSimulation) {
  constexpr int replicates = 40000, naive_replicates = 20000;
  const std::string rules[] = {
      "efficacy: {spending: obrien_fleming}, futility: {spending: obrien_fleming, beta: 0.2}",
      "efficacy: {spending: pocock}, futility: {z: [-0.3, 0.6]}",
      "efficacy: {spending: hwang_shih_decani, gamma: -4}, futility: {hazard_ratio: [1.2, 0.95]}",
      "efficacy: {boundary: wang_tsiatis, delta: 0.25}, futility: {conditional_power: [0.05, 0.15]}",
      "efficacy: {boundary: haybittle_peto}"};
  std::mt19937_64 random(20250611);
  for (const std::string& rule : rules) {
    for (const double ratio : {1.0, 0.8, 0.65}) {
      NaiveTrial t{180, 8, 6, ratio, 0.05, 1, 1, {50, 90, 130}, {}};
      const Study study = study_from(study_of(t, rule, replicates));
      for (const auto& stage : study.scenarios[0].design->sequential()->planned()) {
        t.boundaries.push_back(stage->efficacy);
        t.futility.push_back(stage->futility);
      }
      const auto rows = run_in_memory(study, 2, false);
      const DesignFormula formula = design_formula(study.scenarios[0]).value();
      double efficacy[3] = {}, futility[3] = {};
      for (int r = 0; r < naive_replicates; ++r) {
        const NaiveStop stop = naive_stop(t, random);
        efficacy[stop.look] += stop.efficacy, futility[stop.look] += stop.futility;
      }
      const double rejected = row_of(rows, "base", "reject", "log_rank").measure.value;
      EXPECT_NEAR(rejected, formula.reject(), 0.015) << rule << ratio;
      const double events = row_of(rows, "base", "expected_events", "log_rank").measure.value;
      EXPECT_NEAR(events, formula.expected_events, 1.5) << rule << ratio;
      for (std::size_t k = 0; k < 3; ++k) {
        const auto compare = [&](const char* stop, double simulated, double naive, double expected) {
          const double pooled = (simulated * replicates + naive * naive_replicates) / (replicates + naive_replicates);
          const double z =
              standardized(simulated - naive + pooled, pooled, 1 / (1.0 / replicates + 1.0 / naive_replicates));
          EXPECT_LE(std::abs(z), 4) << rule << " " << ratio << " " << k << stop;
          if (z != 0)
            fmt::print("trials,\"{}\",HR {},{},{},{:.4f},{:.4f},{:.2f}\n", rule, ratio, k + 1, stop, naive, simulated,
                       z);
          EXPECT_NEAR(simulated, expected, 0.02) << rule << " " << ratio << " " << k << stop;
        };
        compare("efficacy", share_at(rows, "stop_efficacy", k), efficacy[k] / naive_replicates, formula.efficacy[k]);
        compare("futility", share_at(rows, "stop_futility", k), futility[k] / naive_replicates, formula.futility[k]);
      }
    }
  }
}

// Non-inferiority of 12 and 16 patients as published: .148 by the formula, and by simulation nearly that.
TEST(GroupSequentialCells, StatisticalNonInferiorityOfThePublishedSize) {
  const Study study = load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/strategy_noninferiority.yaml", {});
  const auto rows = run_in_memory(study);
  for (const Scenario& s : study.scenarios) {
    if (!s.draws.empty()) continue;  // an average over what is unknown, which no formula has
    const Measure power = row_of(rows, s.name, "reject", "pfs_noninferiority_1_3").measure;
    const double formula = design_formula(s).value().reject();
    fmt::print("non-inferiority,margin 1.3,{},final,efficacy,{:.4f},{:.4f},\n", s.name, formula, power.value);
    EXPECT_NEAR(power.value, formula, s.trial->patients() > 100 ? 0.004 + 4 * power.mcse : 0.02) << s.name;
  }
  EXPECT_NEAR(row_of(rows, "equal", "reject", "pfs_noninferiority_1_3").measure.value, 0.148, 0.01);
}

}  // namespace
}  // namespace oligosim

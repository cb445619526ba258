// The pictures of single trials rest on the same trials as the numbers.
#include "models/study/replicate_sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "engine/io/number.hpp"
#include "models/study/convergence.hpp"
#include "models/study/page/sample_page.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

constexpr int replicates = 200;

/// A look at month 9 that may stop for efficacy or futility, and one at month 24.
Study looked_at_twice() {
  std::string text =
      two_arm_study(120, replicates,
                    "    - {name: effect, method: cox, endpoint: os, terms: [arm]}\n"
                    "    - {name: curves, method: kaplan_meier, endpoint: os, by: arm, at_months: [6]}\n");
  const std::string looks = "kind: fixed, primary: effect, looks: [{at_month: 24}]";
  text.replace(text.find(looks), looks.size(),
               "kind: group_sequential, primary: effect, looks: [{at_month: 9, information: 0.5}, {at_month: 24}], "
               "efficacy: {spending: pocock}, futility: {z: [0.3]}");
  return study_from(text);
}

TEST(ReplicateSample, OracleSameTrialsAsTheSummary) {
  const Study study = looked_at_twice();
  const Scenario& scenario = study.scenarios.front();
  const std::vector<SummaryRow> rows = run_in_memory(study);
  scenario.prepare(1);
  const TrialExperiment experiment(scenario, study.seed, true_values(scenario, study.seed, {study.truth_patients}, 2));
  const ReplicateSample sample = sample_replicates(experiment, replicates, 2);
  double efficacy = 0, futility = 0, patients = 0, events = 0, months = 0, covered = 0, log_ratio = 0;
  for (const SampledTrial& t : sample.trials) {
    efficacy += t.decision == Decision::efficacy;
    futility += t.decision == Decision::futility;
    patients += t.patients;
    events += t.events;
    months += t.months;
    covered += t.estimate.lower <= sample.truth && sample.truth <= t.estimate.upper;
    log_ratio += std::log(t.estimate.estimate);
    EXPECT_LE(t.last_entry, std::min(6.0, t.months) + 1e-9);
  }
  EXPECT_GT(efficacy, 0);
  EXPECT_GT(futility, 0);
  const auto value = [&](const char* metric, const char* parameter = "") {
    return row_of(rows, scenario.name, metric, "effect", parameter).measure.value;
  };
  EXPECT_DOUBLE_EQ(efficacy / replicates, find_row(rows, scenario.name, "reject", "final", "effect")->measure.value);
  double stopped = 0;
  for (const char* look : {"1", "2"})
    stopped += find_row(rows, scenario.name, "stop_futility", look, "effect")->measure.value;
  EXPECT_NEAR(futility / replicates, stopped, 1e-12);
  EXPECT_NEAR(patients / replicates, value("expected_n"), 1e-9);
  EXPECT_NEAR(events / replicates, value("expected_events"), 1e-9);
  EXPECT_NEAR(months / replicates, value("expected_duration_months"), 1e-9);
  EXPECT_NEAR(covered / replicates, value("coverage", "hazard_ratio"), 1e-12);
  EXPECT_NEAR(std::exp(log_ratio / replicates), value("mean", "hazard_ratio"), 1e-12);
}

/// The row of a figure's table, from its label to its end.
std::string row_of_figure(const std::string& html, const std::string& title, const std::string& label) {
  const std::size_t row = html.find(label, html.find("<table>", html.find("<b>" + title)));
  return row == std::string::npos ? "" : html.substr(row, html.find("</tr>", row) - row);
}

TEST(ReplicateSample, OraclePatientsAndZByEnding) {
  const Study study = looked_at_twice();
  const Scenario& scenario = study.scenarios.front();
  scenario.prepare(1);
  const TrialExperiment experiment(scenario, study.seed);
  const std::vector<ReplicateSample> samples{sample_replicates(experiment, replicates, 2)};
  std::vector<double> patients, z;
  for (const SampledTrial& t : samples[0].trials)
    if (ending(t, *scenario.design) == "stops for futility at look 1")
      patients.push_back(t.patients), z.push_back(t.looks.at(0).z);
  ASSERT_GT(z.size(), 10u);
  std::ranges::sort(z);
  EXPECT_LT(z.back(), 0.3);  // the boundary of the design
  const std::string html = ending_figures(samples, *scenario.design);
  const std::string of_z = row_of_figure(html, "z by how the trial ended", "stops for futility at look 1");
  EXPECT_THAT(of_z, testing::HasSubstr(">" + std::to_string(z.size()) + "<"));
  EXPECT_THAT(of_z, testing::HasSubstr(rounded(z[z.size() / 2], 3))) << of_z;
  std::ranges::sort(patients);
  EXPECT_THAT(row_of_figure(html, "Patients by how the trial ended", "stops for futility at look 1"),
              testing::HasSubstr(rounded(patients[patients.size() / 2], 3)));
}

TEST(ReplicateSample, OracleCurvesAreThePlansEstimates) {
  const Study study = looked_at_twice();
  study.scenarios.front().prepare(1);
  const TrialExperiment experiment(study.scenarios.front(), study.seed);
  const ReplicateSample sample = sample_replicates(experiment, 50, 2);
  ASSERT_EQ(sample.curves.size(), 2u);
  Arena arena;
  for (const CurveRange& curve : sample.curves) {
    // The month of the grid nearest to 6, where the plan has the survival of each trial: within what a curve falls in
    // half a step of the grid.
    std::size_t near = 0;
    for (std::size_t k = 0; k < curve.month.size(); ++k)
      if (std::abs(curve.month[k] - 6) < std::abs(curve.month[near] - 6)) near = k;
    double sum = 0;
    for (std::uint32_t number = 1; number <= 50; ++number) {
      arena.reset();
      const TrialExperiment::Record record = experiment.record(number, arena);
      for (std::size_t k = 0; k < record.estimates.size(); ++k)
        if (experiment.labels()[k].parameter == "survival" && experiment.labels()[k].group == curve.group)
          sum += record.estimates[k].estimate;
    }
    const double step = curve.month[1] - curve.month[0];
    EXPECT_NEAR(curve.mean[near], sum / 50, 0.07 * step);
    EXPECT_LT(curve.lower[near], curve.mean[near]);
    EXPECT_GT(curve.upper[near], curve.mean[near]);
    EXPECT_EQ(curve.mean.front(), 1);
  }
}

TEST(ReplicateSample, ContractExamplesAreOfEachKind) {
  const Study study = looked_at_twice();
  study.scenarios.front().prepare(1);
  const TrialExperiment experiment(study.scenarios.front(), study.seed);
  const std::vector<ExampleTrial> examples = example_trials(experiment, sample_replicates(experiment, replicates, 2));
  ASSERT_EQ(examples.size(), 3u);
  EXPECT_THAT(examples[0].what, testing::StartsWith("claims efficacy at look"));
  EXPECT_EQ(examples[1].what, "stops for futility at look 1");
  EXPECT_EQ(examples[2].what, "goes to its end without a claim");
  for (const ExampleTrial& e : examples) EXPECT_EQ(e.curves.groups.size(), 2u);
}

TEST(Convergence, OracleEndsWithTheSummaryAndIsThinned) {
  Study study = looked_at_twice();
  const Scenario& scenario = study.scenarios.front();
  scenario.prepare(1);
  const TrialExperiment experiment(scenario, study.seed);
  char name[] = "/tmp/oligosim-test-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  LogHeader header;
  header.block_size = 5;
  header.scenarios = 1;
  header.columns = static_cast<std::uint32_t>(experiment.columns().size());
  ConvergencePath path;
  double claims = 0;
  {
    BlockLog log(folder / "blocks.log", header);
    const std::atomic<bool> stop{false};
    const std::vector<const Experiment*> experiments = {&experiment};
    run_blocks(
        {experiments, 500, 5, {}, 2, false}, log, [](const Progress&) {}, stop);
    Convergence convergence(experiment, log.kept(0));
    log.for_each(0, [&](const BlockSummary& block) { convergence.add(block); });
    path = convergence.path();
  }
  std::filesystem::remove_all(folder);
  Arena arena;
  std::vector<double> row(experiment.columns().size());
  for (std::uint32_t k = 1; k <= 500; ++k) {
    arena.reset();
    experiment.replicate(k, arena, row);
    claims += row[0];  // whether the trial claims efficacy at any look
  }
  EXPECT_LE(path.replicates.size(), 61u);
  EXPECT_GT(path.replicates.size(), 30u);
  EXPECT_EQ(path.replicates.front(), 5);
  EXPECT_EQ(path.replicates.back(), 500);
  EXPECT_NEAR(path.share.back(), claims / 500, 1e-12);
  // Wilson (1927)
  const double z = 1.959963984540054, p = claims / 500, n = 500;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  EXPECT_NEAR(path.lower.back(), centre - half, 1e-9);
  EXPECT_NEAR(path.upper.back(), centre + half, 1e-9);
}

}  // namespace
}  // namespace oligosim

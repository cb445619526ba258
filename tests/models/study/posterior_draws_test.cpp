// Studies whose disease model's parameters are drawn anew in each replicate: assurance, coverage, mistakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "models/study/closed_form/closed_form_design.hpp"
#include "tests/models/study/study_support.hpp"
#include "tests/models/study/two_arm_study.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;

const std::string log_rank = "    - {name: effect, method: log_rank, endpoint: os, by: arm}\n";
const std::string with_cox =
    log_rank +
    "    - {name: cox, method: cox, endpoint: os, terms: [arm]}\n    - {name: os, method: kaplan_meier, "
    "endpoint: os, at_months: [12], by: arm}\n";

/// The study with the medians of control patients as they are drawn.
std::string drawn(const std::string& study, const std::string& medians, int draws) {
  return study + "scenarios: {assurance: {disease.posterior: {draws: " + std::to_string(draws) +
         ", values: {os.median_months: " + medians + "}}}}\n";
}

TEST(PosteriorDraws, OracleOneDrawGivesTheRowsOfThatModel) {
  const std::string text = two_arm_study(120, 60, with_cox);
  const Study point = study_from(text + "scenarios: {assurance: {}}\n"), one = study_from(drawn(text, "[10]", 1));
  const Scenario &a = point.scenarios.front(), &b = one.scenarios.front();
  a.prepare(1), b.prepare(1);
  const std::vector<TrueValue> truths = true_values(a, point.seed, {40000}, 2);
  const TrialExperiment plain(a, point.seed, truths), drawn_once(b, one.seed, truths, {truths});
  std::vector<double> x(plain.columns().size()), y(drawn_once.columns().size());
  std::map<std::string, std::size_t> column;
  for (std::size_t k = 0; k < y.size(); ++k) column[drawn_once.columns()[k].name] = k;
  Arena arena;
  for (std::uint32_t r = 1; r <= 60; ++r) {
    plain.replicate(r, arena, x), drawn_once.replicate(r, arena, y);
    for (std::size_t k = 0; k < x.size(); ++k) {
      const double same = y[column.at(plain.columns()[k].name)];
      EXPECT_TRUE(x[k] == same || (std::isnan(x[k]) && std::isnan(same))) << plain.columns()[k].name;
    }
    arena.reset();
  }
}

// Two draws, under one of which the median is often not reached: the estimates of the two models' own studies, each
// less the true median of its model.
TEST(PosteriorDraws, OracleBiasAndMeanSquaredErrorAreFromEachReplicatesOwnTruth) {
  const std::string text = two_arm_study(60, 600,
                                         log_rank +
                                             "    - {name: os, method: kaplan_meier, endpoint: os, "
                                             "quantiles: [0.5], by: arm}\n");
  const Study study = study_from(drawn(text, "[5, 26]", 2));
  const Scenario& s = study.scenarios.front();
  s.prepare(1);
  const std::vector<EstimateLabel>& labels = s.plan->labels();
  const auto label = std::ranges::find_if(
      labels, [](const EstimateLabel& l) { return l.analysis == "os" && l.parameter == "quantile"; });
  ASSERT_NE(label, labels.end());
  const auto k = static_cast<std::size_t>(label - labels.begin());
  const TruthsOfDraws truths = true_values_of_draws(s, study.seed, study.truth_patients, 2);
  const double own_truth[] = {truths.each[0][k].value, truths.each[1][k].value};
  double n = 0, sum = 0, squares = 0, missing_of[2] = {};
  Arena arena;
  const std::vector<TrueValue> none(labels.size());
  const TrialExperiment of_draw[] = {{s.at_draw(0), study.seed, none}, {s.at_draw(1), study.seed, none}};
  for (std::uint32_t r = 1; r <= study.replicates; ++r) {
    arena.reset();
    const std::size_t d = s.draw_of(Streams(study.seed, r));
    const Estimate e = of_draw[d].record(r, arena).estimates[k];
    if (e.status != Status::ok) {
      ++missing_of[d];
      continue;
    }
    const double off = e.estimate - own_truth[d];
    ++n, sum += off, squares += off * off;
  }
  EXPECT_GT(missing_of[1], 5 * missing_of[0] + 10);
  const auto rows = run_in_memory(study);
  const auto measure = [&](const char* metric) {
    for (const SummaryRow& r : rows)
      if (r.metric == metric && r.label.analysis == "os" && r.label.parameter == "quantile" &&
          r.label.group == label->group)
        return r.measure;
    return Measure{};
  };
  EXPECT_NEAR(measure("bias").value, sum / n, 1e-9);
  EXPECT_NEAR(measure("mse").value, squares / n, 1e-9);
  EXPECT_EQ(measure("bias").n_replicates, static_cast<std::uint64_t>(n));
}

// Two draws of the same parameters whose true values are known with an error, one too high and one too low: as if
// both had the right one.
TEST(PosteriorDraws, OracleMeanSquaredErrorWithoutThatOfTheTrueValues) {
  const std::string text = two_arm_study(120, 60, with_cox);
  const Study point = study_from(text + "scenarios: {assurance: {}}\n"), two = study_from(drawn(text, "[10, 10]", 2));
  const Scenario &a = point.scenarios.front(), &b = two.scenarios.front();
  a.prepare(1), b.prepare(1);
  const std::vector<TrueValue> right = true_values(a, point.seed, {40000}, 2);
  const double error = 10;  // many times what estimates vary by
  std::vector<TrueValue> mean = right, high = right, low = right;
  for (std::size_t k = 0; k < right.size(); ++k) {
    const bool ratio = a.plan->labels()[k].ratio;
    high[k].value = ratio ? right[k].value * std::exp(error) : right[k].value + error;
    low[k].value = ratio ? right[k].value * std::exp(-error) : right[k].value - error;
    high[k].standard_error = low[k].standard_error = error, mean[k].standard_error = error / std::sqrt(2);
  }
  const auto mse_of = [](const TrialExperiment& experiment) {
    Arena arena;
    Folded folded(experiment.columns().size());
    const BlockSummary block = run_block(experiment, {0, 0}, 1, 4000, false, arena);
    folded.add(std::span(&block, 1), experiment.columns());
    std::vector<Measure> all;
    for (const SummaryRow& r : summarize(experiment, folded))
      if (r.metric == "mse") all.push_back(r.measure);
    return all;
  };
  const std::vector<Measure> expected = mse_of({a, point.seed, right}),
                             found = mse_of({b, two.seed, mean, {high, low}});
  ASSERT_EQ(found.size(), expected.size());
  ASSERT_GE(found.size(), 3u);
  for (std::size_t k = 0; k < found.size(); ++k) {
    // The products of errors and estimates leave 2 error sd / sqrt(4000).
    const double left = 2 * error * std::sqrt(expected[k].value / 4000);
    EXPECT_NEAR(found[k].value, expected[k].value, 4 * left);
    EXPECT_GT(error * error, 8 * left);  // so that the error of the true values would be seen
  }
}

// A formula is of one set of parameters.
TEST(PosteriorDraws, ContractNoFormulaSpeaksForSeveralDraws) {
  const std::string text = two_arm_study(120, 60, log_rank);
  EXPECT_TRUE(design_formula(study_from(text).scenarios.front()));
  EXPECT_FALSE(design_formula(study_from(drawn(text, "[8, 12]", 2)).scenarios.front()));
}

// Forty times the same parameters: their mean true value is as precise as its error says.
TEST(PosteriorDraws, StatisticalTheErrorOfTheMeanTruthIsThatOfIndependentDraws) {
  std::string same;
  for (int d = 0; d < 40; ++d) same += (d == 0 ? "[10" : ", 10");
  const std::string two_terms = log_rank + "    - {name: cox, method: cox, endpoint: os, terms: [arm, enrollment_d]}\n";
  const Study study = study_from(drawn(two_arm_study(100, 20, two_terms), same + "]", 40));
  const Scenario& s = study.scenarios.front();
  s.prepare(1);
  const TruthsOfDraws truths = true_values_of_draws(s, study.seed, study.truth_patients, 2);
  const std::vector<EstimateLabel>& labels = s.plan->labels();
  const auto ratio = std::ranges::find_if(labels, [](const EstimateLabel& label) {
    return label.parameter == "hazard_ratio" && label.term == "arm=experimental";
  });
  ASSERT_NE(ratio, labels.end());
  const auto k = static_cast<std::size_t>(ratio - labels.begin());
  EXPECT_NE(truths.each[0][k].value, truths.each[1][k].value);
  EXPECT_NEAR(truths.mean[k].standard_error, truths.each[0][k].standard_error / std::sqrt(40), 1e-4);
  EXPECT_NEAR(std::log(truths.mean[k].value), std::log(0.7), 4 * truths.mean[k].standard_error);
}

TEST(PosteriorDraws, OracleAReplicateDependsOnItsNumberAloneAndDrawsAreEquallyLikely) {
  const Study study = study_from(drawn(two_arm_study(60, 20, log_rank), "[8, 10, 14, 20, 30]", 5));
  const Scenario& s = study.scenarios.front();
  std::vector<double> count(5, 0);
  for (std::uint32_t r = 1; r <= 10000; ++r) ++count[s.draw_of(Streams(study.seed, r))];
  double chi_square = 0;
  for (const double c : count) chi_square += (c - 2000) * (c - 2000) / 2000;
  EXPECT_LT(chi_square, 18.47);  // 0.999 of 4 degrees of freedom
  // The row of a replicate is that of the model of its draw.
  s.prepare(1);
  const std::vector<TrueValue> none(s.plan->labels().size());
  const TrialExperiment all(s, study.seed, none);
  std::vector<double> x(all.columns().size()), y(x.size());
  Arena arena;
  for (const std::uint32_t r : {7u, 3u, 19u}) {
    const TrialExperiment one(s.at_draw(s.draw_of(Streams(study.seed, r))), study.seed, none);
    all.replicate(r, arena, x), one.replicate(r, arena, y);
    for (std::size_t k = 0; k < x.size(); ++k) EXPECT_TRUE(x[k] == y[k] || (std::isnan(x[k]) && std::isnan(y[k])));
    arena.reset();
  }
}

TEST(PosteriorDraws, StatisticalAssuranceIsTheMeanPowerOverTheDraws) {
  const std::string text = two_arm_study(120, 6000, log_rank);
  const std::vector<std::string> medians = {"4", "10", "25", "60"};
  double sum = 0, variance = 0, least = 1, most = 0;
  for (const std::string& median : medians) {
    std::string own = text;
    own.replace(own.find("median_months: 10"), 17, "median_months: " + median);
    const Measure power = row_of(run_in_memory(study_from(own), 2, false), "base", "reject", "effect").measure;
    sum += power.value / 4, variance += power.mcse * power.mcse / 16;
    least = std::min(least, power.value), most = std::max(most, power.value);
  }
  const Measure assurance =
      row_of(run_in_memory(study_from(drawn(text, "[4, 10, 25, 60]", 4)), 2, false), "assurance", "reject", "effect")
          .measure;
  EXPECT_GT(most - least, 0.2);  // the draws differ in power, so that a wrong one would be seen
  EXPECT_NEAR(assurance.value, sum, 4 * std::hypot(assurance.mcse, std::sqrt(variance)));
}

// The response rate is drawn; a Clopper-Pearson interval of 20 patients covers the rate of its own draw as often as
// enumeration says, on average over the draws.
TEST(PosteriorDraws, OracleCoverageIsThatOfTheTruthOfEachDraw) {
  const Study study = study_from(R"(study: coverage
replicates: 20000
disease: {os: {median_months: 10}, outcomes: {response: {probability: 0.4}}}
arms: {control: {}, experimental: {}}
trial: {enrollment: {patients: 40, over_months: 1}, randomization: {blocks: [2]}}
design: {kind: fixed, primary: effect, looks: [{at_month: 24}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses:
    - {name: effect, method: log_rank, endpoint: os, by: arm}
    - {name: orr, method: proportion, outcome: response, by: arm, interval: clopper_pearson}
scenarios: {assurance: {disease.posterior: {draws: 3, values: {outcomes.response.probability: [0.05, 0.5, 0.93]}}}}
)");
  const auto rows = run_in_memory(study);
  const SummaryRow& coverage = row_of(rows, "assurance", "coverage", "orr", "proportion");
  double expected = 0, below = 0;
  for (const double p : {0.05, 0.5, 0.93}) {
    const ProportionCoverage exact = proportion_coverage(20, p, ProportionInterval::clopper_pearson, 0.95);
    expected += exact.coverage / 3, below += exact.miss_below / 3;
  }
  EXPECT_NEAR(coverage.measure.value, expected, 4 * coverage.measure.mcse);
  const SummaryRow& miss = row_of(rows, "assurance", "miss_below", "orr", "proportion");
  EXPECT_NEAR(miss.measure.value, below, 4 * miss.measure.mcse);
  // 166 000 patients an arm and draw: the truth of a group is simulated.
  EXPECT_NEAR(coverage.truth, (0.05 + 0.5 + 0.93) / 3, 4 * std::sqrt((0.0475 + 0.25 + 0.0651) / 166000) / 3);
  const SummaryRow& bias = row_of(rows, "assurance", "bias", "orr", "proportion");
  EXPECT_NEAR(bias.measure.value, 0, 4 * bias.measure.mcse);
  for (const SummaryRow& r : rows) EXPECT_NE(r.metric, "relative_error") << r.label.analysis;
}

TEST(PosteriorDraws, OracleArmsAreMatchedUnderEachDraw) {
  const Study study = study_from(R"(study: matched
disease: {model: oligo_hcc}
cohort: {OP: 1.0}
arms: {systemic: {without_sbrt: true, match: {pfs_median_months: 5}}, sbrt: {}}
trial: {enrollment: {patients: 40, over_months: 1}, visits: {months: [1, 4, 7, 10, 13]}}
design: {kind: fixed, primary: effect, looks: [{at_month: 24}]}
plan:
  time_unit: days
  endpoints: {pfs: {time: pfs_d, event: pfs_e}}
  analyses: [{name: effect, method: log_rank, endpoint: pfs, by: arm}]
scenarios: {assurance: {disease.posterior: {draws: 2, values: {progression.new_lesions: [0.02, 0.04]}}}}
)");
  const Scenario& s = study.scenarios.front();
  s.prepare(2);
  const double first = s.draws[0].disease->solved()[0].value, second = s.draws[1].disease->solved()[0].value;
  EXPECT_GT(first, 1.3 * second);  // fewer new lesions without SBRT take a larger multiplier
  ASSERT_EQ(s.solved().size(), 1u);
  EXPECT_DOUBLE_EQ(s.solved()[0].value, (first + second) / 2);
  EXPECT_THAT(s.solved()[0].because, HasSubstr("(median of 2 draws, "));
}

class PosteriorFile : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/oligosim-test-XXXXXX";
    folder_ = mkdtemp(name);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  /// What the study says to these draws: its mistakes, or "accepted".
  std::string said(const std::string& posterior, const std::string& csv) const {
    std::ofstream(folder_ / "draws.csv") << csv;
    std::ofstream(folder_ / "study.yaml")
        << two_arm_study(60, 20, log_rank) << "scenarios:\n  assurance: {disease.posterior: " << posterior << "}\n";
    try {
      study_ = load_study(folder_ / "study.yaml", {});
      return "accepted";
    } catch (const InputError& e) {
      return e.what();
    }
  }
  std::filesystem::path folder_;
  mutable Study study_;
};

TEST_F(PosteriorFile, OracleRowsAreSpreadOverTheFileAndTheResolvedStudyStandsByItself) {
  ASSERT_EQ(
      said("{file: draws.csv, draws: 2}",
           "chain,draw,os.median_months,published.study.trial.enrollment.shape\n1,1,5,1\n1,2,6,1\n2,1,7,1\n2,2,8,1\n"),
      "accepted");
  ASSERT_EQ(study_.scenarios.front().draws.size(), 2u);
  const std::string resolved = to_yaml(study_.resolved);
  EXPECT_THAT(resolved, HasSubstr("os.median_months: [6, 8]"));
  EXPECT_EQ(to_yaml(study_from(resolved).resolved), resolved);
}

TEST_F(PosteriorFile, OracleMistakesHaveTheirPlace) {
  const std::string draws = "chain,draw,os.median_months\n1,1,5\n1,2,6\n";
  EXPECT_THAT(said("{file: lost.csv}", draws),
              HasSubstr("study.yaml:15:41: disease.posterior.file: there is no file 'lost.csv' beside the study"));
  EXPECT_THAT(said("{file: draws.csv, draws: 3}", draws), HasSubstr("3 are more than the file holds (at most 2)"));
  EXPECT_THAT(said("{file: draws.csv, draws: 0}", draws), HasSubstr("is not a whole number from 1 to 2000"));
  EXPECT_THAT(said("{draws: 3}", draws), HasSubstr("missing (a file of draws"));
  EXPECT_THAT(said("{file: draws.csv, drawn: 3}", draws), HasSubstr("unknown key"));
  EXPECT_THAT(
      said("{file: draws.csv}", "chain,draw,os.median_month\n1,1,5\n"),
      HasSubstr("draws.csv:1:12: disease.posterior: 'os.median_month' leads to no number of the disease model (did "
                "you mean os.median_months?)"));
  EXPECT_THAT(said("{file: draws.csv}", "chain,draw\n1,1\n"), HasSubstr("draws.csv:1:1: holds no draws"));
  EXPECT_THAT(said("{file: draws.csv}", "chain,draw,os.median_months\n1,1,x\n"),
              HasSubstr("draws.csv:2:5: os.median_months: 'x' is not a number"));
  EXPECT_THAT(said("{file: draws.csv}", "chain,draw,os.median_months\n1,1,5\n1,2,-1\n"), HasSubstr("draws.csv:3:5: "));
  EXPECT_THAT(said("{file: draws.csv}", "chain,draw,os.median_months\n1,1\n"), HasSubstr("draws.csv:2"));
}

/// Schoenfeld's (1981) normal approximation averaged over the effects: non-inferior at 1.3 with 360 events.
TEST(PosteriorDraws, StatisticalAssuranceOverAnEffectIsTheMeanOfItsPowers) {
  Study study = load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/strategy_noninferiority.yaml", {});
  study.replicates = 2000;
  std::erase_if(study.scenarios, [](const Scenario& s) { return s.name != "adequate_assurance"; });
  ASSERT_EQ(study.scenarios.size(), 1u);
  std::ifstream file(OLIGOSIM_SOURCE_DIR "/configs/disease/strategy_effect.csv");
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "arms.op_c.effects.pfs.hazard_ratio");
  double sum = 0;
  int effects = 0;
  for (; std::getline(file, line); ++effects)
    sum += normal_cdf((std::log(1.3) - std::log(std::stod(line))) * std::sqrt(360.0) / 2 - 1.6448536);
  EXPECT_EQ(effects, 200);
  const std::vector<SummaryRow> rows = run_in_memory(study, 2, false);
  const auto claimed =
      std::ranges::find_if(rows, [](const SummaryRow& row) { return row.metric == "reject" && row.look == "final"; });
  ASSERT_NE(claimed, rows.end());
  EXPECT_NEAR(claimed->measure.value, sum / effects, 4 * claimed->measure.mcse + 0.01);
}

}  // namespace
}  // namespace oligosim

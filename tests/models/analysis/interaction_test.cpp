// How the hazard ratio of two groups differs between two kinds of patients: against the stratified Cox regression with
// the product term, and the power of a trial that decides by it against Schoenfeld's formula.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/numeric/normal.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using ::testing::HasSubstr;

/// OP and OM patients alike; hazard ratios in each.
std::string study_of(double op, double om, int replicates, const std::string& interaction = "") {
  return fmt::format(R"(study: interaction
seed: 9
replicates: {}
disease: {{model: cohorts, cohorts: {{OM: {{os: {{median_months: 14}}}}, OP: {{os: {{median_months: 8}}}}}}}}
cohort: {{OM: 200, OP: 200}}
arms: {{control: {{}}, sbrt: {{effects: {{OP: {{os: {{hazard_ratio: {}}}}}, OM: {{os: {{hazard_ratio: {}}}}}}}}}}}
trial: {{enrollment: {{patients: 400, over_months: 20}}, randomization: {{blocks: [4], strata: [cohort]}}}}
truth: {{patients: 200000}}
design: {{kind: fixed, primary: op_against_om, looks: [{{at_month: 36}}]}}
plan:
  time_unit: days
  endpoints: {{os: {{time: os_d, event: os_e}}}}
  populations: {{OP: {{cohort: OP}}, OM: {{cohort: OM}}}}
  analyses:
    - {{name: op_against_om, method: interaction, endpoint: os, by: arm, modifier: cohort{}}}
    - {{name: product, method: cox, endpoint: os, terms: [arm, "arm:cohort"], strata: [cohort]}}
    - {{name: op, method: cox, endpoint: os, terms: [arm], population: OP}}
    - {{name: om, method: cox, endpoint: os, terms: [arm], population: OM}}
)",
                     replicates, op, om, interaction);
}

// In each trial the same numbers as the product term of a Cox regression stratified by the cohort.
TEST(Interaction, OracleTheProductTermOfAStratifiedCoxRegression) {
  const Study study = study_from(study_of(0.6, 1, 10));
  const TrialExperiment experiment(study.scenarios[0], study.seed);
  const auto& labels = experiment.labels();
  const auto at = [&](const std::string& analysis, const std::string& parameter, const std::string& term) {
    for (std::size_t k = 0; k < labels.size(); ++k)
      if (labels[k].analysis == analysis && labels[k].parameter == parameter &&
          (term.empty() || labels[k].term == term))
        return k;
    throw std::runtime_error("no label");
  };
  Arena arena;
  for (std::uint32_t k = 1; k <= 5; ++k) {
    arena.reset();
    const auto record = experiment.record(k, arena);
    const Estimate own = record.estimates[at("op_against_om", "log_ratio_of_hazard_ratios", "")];
    const Estimate product = record.estimates[at("product", "log_hazard_ratio", "arm=sbrt:cohort=OP")];
    EXPECT_NEAR(own.estimate, product.estimate, 1e-7);
    EXPECT_NEAR(own.standard_error, product.standard_error, 1e-7);
    EXPECT_NEAR(own.p_value, product.p_value, 1e-7);
    const Estimate op = record.estimates[at("op", "log_hazard_ratio", "")];
    const Estimate om = record.estimates[at("om", "log_hazard_ratio", "")];
    EXPECT_NEAR(own.estimate, op.estimate - om.estimate, 1e-12);
    EXPECT_NEAR(own.signed_statistic, -own.estimate / own.standard_error, 1e-12);
    EXPECT_EQ(own.n_events, op.n_events + om.n_events);
  }
}

// The variance is 4 / d in each cohort with its d events (Schoenfeld 1981).
TEST(Interaction, StatisticalPowerOfSchoenfeldsFormula) {
  for (const double ratio : {1.0, 0.6}) {
    const auto rows = run_in_memory(study_from(study_of(ratio, 1, 4000)), 2, true);
    const auto events = [&](double median, double hazard_ratio) {  // expected at month 36, entry over 20 months
      double sum = 0;
      for (const double r : {1.0, hazard_ratio}) {
        const double rate = std::log(2) / median * r;
        sum += 100 * (1 - (std::exp(-rate * 16) - std::exp(-rate * 36)) / (20 * rate));
      }
      return sum;
    };
    const double variance = 4 / events(8, ratio) + 4 / events(14, 1);
    const double power = normal_cdf(-std::log(ratio) / std::sqrt(variance) - normal_quantile(0.975));
    const Measure m = row_of(rows, "base", "reject", "op_against_om").measure;
    EXPECT_NEAR(m.value, power, 4 * m.mcse + 0.01) << ratio;
    const SummaryRow& covered = row_of(rows, "base", "coverage", "op_against_om", "ratio_of_hazard_ratios");
    EXPECT_NEAR(covered.measure.value, 0.95, 4 * covered.measure.mcse);
    EXPECT_NEAR(std::log(covered.truth), std::log(ratio), 0.03);
  }
}

TEST(Interaction, ContractMistakes) {
  std::string text = study_of(1, 1, 10);
  const std::string from = "modifier: cohort";
  text.replace(text.find(from), from.size(), "modifier: sex");
  EXPECT_THAT(mistakes(text), HasSubstr("modifier: 'sex' is not a column"));
  EXPECT_THAT(mistakes(study_of(1, 1, 10, ", levels: {cohort: [OP]}")),
              HasSubstr("modifier: 'cohort' has 1 levels (two: say which"));
}

}  // namespace
}  // namespace oligosim

// Rows of parameter NAME_true: estimates against the values that their estimands have without visits.
#include "models/study/without_visits.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/io/number.hpp"
#include "tests/models/study/study_support.hpp"

namespace oligosim {
namespace {

using Values = std::map<std::string, TrueValue>;  // by analysis, parameter, group, term and month

std::string name_of(const EstimateLabel& l) {
  std::string name = l.analysis;
  for (const std::string& part : {l.parameter, l.group, l.term})
    if (!part.empty()) name += " " + part;
  return std::isnan(l.at) ? name : name + " " + shortest(l.at);
}

Values values_of(const Scenario& scenario, std::size_t patients) {
  scenario.prepare(2);
  const std::vector<TrueValue> values = true_values(scenario, 5, {patients}, 2);
  const std::vector<EstimateLabel> labels = labels_with_truths(scenario);
  EXPECT_EQ(values.size(), labels.size());
  Values named;
  for (std::size_t k = 0; k < labels.size(); ++k) named[name_of(labels[k])] = values[k];
  return named;
}

std::string study_of(const std::string& disease, const std::string& design, const std::string& analyses) {
  return "study: without visits\nseed: 5\nreplicates: 400\nreplicates_per_block: 100\ntruth: {patients: 20000}\n" +
         disease + R"(
trial:
  enrollment: {patients: 100, over_months: 12}
  visits: {months: [2, 4, 6], then_every_months: 3, jitter_sd_months: 0.2}
  dropout: {probability: 0.1, by_month: 12}
)" + design +
         R"(
plan:
  time_unit: days
  days_per_month: 30
)" + analyses;
}

const char* const by_events = "design: {kind: fixed, primary: lr, looks: [{at_events: 60, of: pfs}], latest_month: 60}";

const std::string plain = study_of(
    "disease: {pfs: {median_months: 5, known_at: visit}, os: {median_months: 12}}\n"
    "arms: {a: {}, b: {effects: {pfs: {hazard_ratio: 0.6}}}}",
    by_events, R"(
  endpoints:
    pfs: {time: pfs_d, event: pfs_e, free_at: pfs_free_d}
    to_last: {time: pfs_d, event: pfs_e, censored_at: last_visit_d}
    os: {time: os_d, event: os_e}
  analyses:
    - {name: lr, method: log_rank, endpoint: pfs, by: arm}
    - {name: hr, method: cox, endpoint: pfs, terms: [arm]}
    - {name: to_last, method: cox, endpoint: to_last, terms: [arm]}
    - {name: curve, method: kaplan_meier, endpoint: pfs, by: arm, at_months: [7], quantiles: [0.5]}
    - {name: between, method: turnbull, endpoint: pfs, by: arm, at_months: [7]}
    - {name: os, method: kaplan_meier, endpoint: os, by: arm, at_months: [12]}
)");

// Exponential times, known to the day on which they end.
TEST(WithoutVisits, OracleClosedForms) {
  const Study study = study_from(plain);
  const Values values = values_of(study.scenarios.front(), 40000);
  const auto closed = [&](const std::string& name, double expected) {
    EXPECT_TRUE(values.at(name).closed_form) << name;
    EXPECT_NEAR(values.at(name).value, expected, 1e-9) << name;
  };
  closed("hr hazard_ratio_true arm=b", 0.6);
  closed("hr log_hazard_ratio_true arm=b", std::log(0.6));
  closed("curve quantile_true a 0.5", 5);
  closed("curve quantile_true b 0.5", 5 / 0.6);
  closed("curve survival_true a 7", std::exp2(-7.0 / 5));
  // Of what has no closed form: the same patients, watched at every moment.
  const auto near = [&](const std::string& name, double expected, bool ratio) {
    const TrueValue& v = values.at(name);
    EXPECT_FALSE(v.closed_form) << name;
    EXPECT_NEAR(ratio ? std::log(v.value) : v.value, expected, 4 * v.standard_error) << name;
    EXPECT_LT(v.standard_error, 0.03) << name;
  };
  near("to_last hazard_ratio_true arm=b", std::log(0.6), true);
  EXPECT_NEAR(values.at("between survival_true a 7").value, std::exp2(-7.0 / 5), 0.02);
  EXPECT_EQ(values.count("os survival_true a 12"), 0u);
  EXPECT_GT(values.at("curve quantile a 0.5").value, 5.8);  // visits show progression late
}

// The disease model's own endpoint `pfs_true`, of the same patients on the same day, to the bit.
TEST(WithoutVisits, OracleTheEndpointOfTrueProgression) {
  for (const char* looks : {"[{at_events: 60, of: pfs}], latest_month: 60", "[{at_month: 30}]"}) {
    const Study study = study_from(study_of(
        "disease: {model: oligo_hcc}\ncohort: {OP: 1}\narms: {a: {}, b: {effects: {progression: {hazard_ratio: 0.6}}}}",
        std::string("design: {kind: fixed, primary: lr, looks: ") + looks + "}", R"(
  endpoints:
    pfs: {time: pfs_d, event: pfs_e}
    real: {time: pfs_true_d, event: pfs_true_e}
    local: {time: lf_time, cause: lf_cause, causes: {1: local_failure, 2: death}}
  derive:
    lf_cause: {cases: [{when: {lf_d: present}, value: 1}, {when: {os_e: 1}, value: 2}], otherwise: 0}
    lf_time: {first_present: [lf_d, os_d]}
  populations:
    responders: {or: 1}
    late: {late: 1}
  analyses:
    - {name: lr, method: log_rank, endpoint: pfs, by: arm}
    - {name: hr, method: cox, endpoint: pfs, terms: [arm, late]}
    - {name: hr_real, method: cox, endpoint: real, terms: [arm, late]}
    - {name: curve, method: kaplan_meier, endpoint: pfs, by: arm, at_months: [6, 12], quantiles: [0.5], population: late}
    - {name: curve_real, method: kaplan_meier, endpoint: real, by: arm, at_months: [6, 12], quantiles: [0.5], population: late}
    - {name: local, method: cumulative_incidence, endpoint: local, by: arm, at_months: [6, 24]}
    - {name: response, method: cox, endpoint: pfs, terms: [or]}
    - {name: of_responders, method: kaplan_meier, endpoint: pfs, population: responders}
)"));
    Values values = values_of(study.scenarios.front(), 20000);
    std::size_t compared = 0;
    for (const auto& [name, value] : values) {
      const std::size_t mark = name.find("_true");
      if (mark == std::string::npos) continue;
      EXPECT_TRUE(name.starts_with("hr ") || name.starts_with("curve ") || name.starts_with("local ")) << name;
      if (name.starts_with("local ")) continue;
      const std::size_t space = name.find(' ');
      std::string other = name.substr(0, space) + "_real" + name.substr(space);
      other.erase(mark + 5, 5);
      ASSERT_EQ(values.count(other), 1u) << other;
      EXPECT_EQ(value.value, values[other].value) << name;
      EXPECT_EQ(value.standard_error, values[other].standard_error) << name;
      EXPECT_NE(value.value, values[name.substr(0, mark) + name.substr(mark + 5)].value) << name;
      ++compared;
    }
    EXPECT_EQ(compared, 2u * 2 + 2 * 3);
    // A failure that a visit shows has happened before, and some no visit shows.
    for (const char* of : {"a local_failure 6", "a local_failure 24"})
      EXPECT_GT(values.at(std::string("local cumulative_incidence_true ") + of).value,
                values.at(std::string("local cumulative_incidence ") + of).value + 0.002);
  }
}

/// Of every replicate, by hand.
TEST(WithoutVisits, OracleBiasAndCoverageCountedByHand) {
  const Study study = study_from(plain);
  const Scenario& scenario = study.scenarios.front();
  const std::vector<SummaryRow> rows = run_in_memory(study);
  const TrialExperiment experiment(scenario, study.seed);
  double sum = 0, squares = 0, covered = 0, below = 0, above = 0;
  Arena arena;
  for (std::uint32_t replicate = 1; replicate <= study.replicates; ++replicate) {
    arena.reset();
    const auto record = experiment.record(replicate, arena);
    const std::size_t at = scenario.plan->rows(1).first;
    ASSERT_EQ(experiment.labels()[at].parameter, "hazard_ratio");
    const Estimate& e = record.estimates[at];
    const double error = std::log(e.estimate) - std::log(0.6);
    sum += error, squares += error * error;
    below += 0.6 < e.lower, above += 0.6 > e.upper, covered += e.lower <= 0.6 && 0.6 <= e.upper;
  }
  const double n = study.replicates;
  const auto expect = [&](const char* metric, double value, double tolerance) {
    const SummaryRow& row = row_of(rows, "base", metric, "hr", "hazard_ratio_true");
    EXPECT_NEAR(row.measure.value, value, tolerance) << metric;
    EXPECT_NEAR(row.truth, 0.6, 1e-12) << metric;
    EXPECT_EQ(row.measure.n_replicates, study.replicates) << metric;
  };
  expect("bias", sum / n, 1e-12);
  expect("mse", squares / n, 1e-12);
  expect("coverage", covered / n, 1e-12);
  expect("miss_below", below / n, 1e-12);
  expect("miss_above", above / n, 1e-12);
  EXPECT_GT(below + above, 0);
  // The rows against what the trial observes are others.
  EXPECT_NE(row_of(rows, "base", "bias", "hr", "hazard_ratio").measure.value, sum / n);
}

// What knows of the stopping rule is held against the same value as the hazard ratio.
TEST(WithoutVisits, OracleEstimatesOfTheStoppingRule) {
  std::string text = plain;
  text.replace(text.find("design: {kind: fixed"), 20, "design: {kind: group_sequential");
  text.replace(text.find("{at_events: 60, of: pfs}"), 24, "{at_events: 40, of: pfs}, {at_events: 80, of: pfs}");
  text.replace(text.find("primary: lr"), 11, "primary: hr");
  const Study study = study_from(text);
  const std::vector<SummaryRow> rows = run_in_memory(study);
  std::size_t found = 0;
  for (const SummaryRow& r : rows) {
    if (r.label.parameter != "median_unbiased_hazard_ratio_true" || r.metric != "coverage") continue;
    EXPECT_NEAR(r.truth, 0.6, 1e-12);
    EXPECT_NEAR(r.measure.value, 0.95, 4 * r.measure.mcse + 0.02) << r.label.interval;
    ++found;
  }
  EXPECT_EQ(found, 2u);  // stage-wise and repeated
}

TEST(WithoutVisits, NoRowsWhereNothingIsShownAtVisits) {
  std::string text = plain;
  text.replace(text.find(", known_at: visit"), 17, "");
  text.replace(text.find(", free_at: pfs_free_d"), 21, "");
  text.replace(text.find("    - {name: between"), text.find("    - {name: os") - text.find("    - {name: between"), "");
  text.replace(text.find(", censored_at: last_visit_d"), 27, "");
  text.replace(text.find("  visits:"), text.find("  dropout:") - text.find("  visits:"), "");
  EXPECT_TRUE(study_from(text).scenarios.front().also_without_visits.empty());
}

// All scenarios have the same rows; where one has no visits both values are the same.
TEST(WithoutVisits, ScenariosWithAndWithoutVisits) {
  std::string text = plain;
  text.replace(text.find(", free_at: pfs_free_d"), 21, "");
  text.replace(text.find("    - {name: between"), text.find("    - {name: os") - text.find("    - {name: between"), "");
  text.replace(text.find(", censored_at: last_visit_d"), 27, "");
  const Study study = study_from(text + "scenarios:\n  visits: {}\n  at_once: {disease.pfs.known_at: event}\n");
  EXPECT_EQ(study.scenarios[0].also_without_visits, study.scenarios[1].also_without_visits);
  const Values at_once = values_of(study.scenarios[1], 20000);
  for (const auto& [name, value] : at_once)
    if (const std::size_t mark = name.find("_true"); mark != std::string::npos) {
      EXPECT_EQ(value.value, at_once.at(name.substr(0, mark) + name.substr(mark + 5)).value) << name;
    }
}

// Drawn parameters: each replicate against the value of its own draw, which is all that they differ by here.
TEST(WithoutVisits, OracleOfEachDraw) {
  std::string text = plain;
  text.replace(text.find("disease: {pfs"), 13,
               "disease: {posterior: {draws: 2, values: {pfs.median_months: [4, 8]}}, pfs");
  const Study study = study_from(text);
  const Scenario& scenario = study.scenarios.front();
  ASSERT_EQ(scenario.draws.size(), 2u);
  scenario.prepare(2);
  const TruthsOfDraws truths = true_values_of_draws(scenario, study.seed, 20000, 2);
  const std::vector<EstimateLabel> labels = labels_with_truths(scenario);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    if (labels[k].parameter != "quantile_true" || labels[k].analysis != "curve" || labels[k].group != "a") continue;
    EXPECT_NEAR(truths.each[0][k].value, 4, 1e-9);
    EXPECT_NEAR(truths.each[1][k].value, 8, 1e-9);
    EXPECT_NEAR(truths.mean[k].value, 6, 1e-9);
  }
  const std::vector<SummaryRow> rows = run_in_memory(study);
  const SummaryRow& bias = row_of(rows, "base", "bias", "curve", "quantile_true");
  EXPECT_GT(bias.measure.value, 0.5);
  EXPECT_LT(bias.measure.mcse, 0.15);  // 2 months more where the draws were taken for sampling error
}

}  // namespace
}  // namespace oligosim

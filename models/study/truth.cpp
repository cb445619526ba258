#include "models/study/truth.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <span>
#include <string>

#include "engine/io/csv.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "engine/numeric/normal.hpp"
#include "models/study/closed_form/closed_form.hpp"
#include "models/study/without_visits.hpp"

namespace oligosim {
namespace {

constexpr std::size_t fewest_trials_of_a_draw = 100;
constexpr std::size_t patients_in_memory = 2500000;

/// The standard error of an estimate, where it has none that of its limits.
TrueValue as_truth(const Estimate& e, const EstimateLabel& label, double confidence) {
  if (!label.estimated || label.of_sample || e.status != Status::ok) return {};
  if (!std::isnan(e.standard_error)) return {e.estimate, e.standard_error};
  const double width = label.ratio ? std::log(e.upper / e.lower) : e.upper - e.lower;
  return {e.estimate, width / (2 * normal_quantile(0.5 + confidence / 2))};
}

/// Those in closed form.
std::vector<TrueValue> closed_values(const Scenario& scenario) {
  std::vector<TrueValue> values;
  for (const EstimateLabel& label : scenario.plan->labels()) {
    const std::optional<double> closed = closed_form_truth(scenario, label);
    values.push_back(closed ? TrueValue{*closed, 0, true} : TrueValue{});
  }
  return values;
}

/// Positions of all labels.
std::vector<std::size_t> all_of(const Plan& plan) {
  std::vector<std::size_t> all(plan.labels().size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// The estimands of some labels that have no closed form.
std::vector<std::size_t> without_closed_form(std::span<const TrueValue> values, const Plan& plan,
                                             std::span<const std::size_t> wanted) {
  std::vector<std::size_t> lacking;
  for (const std::size_t k : wanted)
    if (const std::size_t of = plan.estimand(k); plan.labels()[of].estimated && !values[of].closed_form)
      lacking.push_back(of);
  return lacking;
}

/// How many trials of how many patients, and with what.
struct Simulation {
  std::uint64_t seed;
  LargeTrialSize size;
  unsigned threads;
};

/// Estimates of the trials put together, one a label of the plan, and the day on which their data were cut.
struct Simulated {
  std::vector<TrueValue> values;
  double day;
};

/// Runs the analyses of the plan that have some of the labels; the values of the others are missing.
Simulated simulate(const Scenario& scenario, std::span<const std::size_t> of, const Simulation& how,
                   std::optional<double> day = {}) {
  const Plan& plan = *scenario.plan;
  Arena arena(1 << 20);
  LargeTrial trial = large_trial(scenario, how.seed, how.size, how.threads, arena, day);
  PlanData analysed(trial.patients, plan.parts(), arena, trial.lesions ? &*trial.lesions : nullptr);
  analysed.leave_out_limits();
  Simulated simulated{std::vector<TrueValue>(plan.labels().size()), trial.day};
  for (std::size_t a = 0; a < plan.analyses(); ++a) {
    const Plan::Rows rows = plan.rows(a);
    const auto own = [&](std::size_t k) {
      return rows.first <= k && k < rows.first + rows.all && plan.labels()[k].estimated;
    };
    if (std::ranges::none_of(of, own)) continue;
    std::vector<Estimate> estimates(rows.all);
    plan.evaluate(a, analysed, arena, std::span(estimates).first(rows.own));
    plan.resample(a, analysed, std::span(estimates).first(rows.own), Resampling::none(), arena,
                  std::span(estimates).subspan(rows.own));
    for (std::size_t k = 0; k < rows.all; ++k)
      simulated.values[rows.first + k] = as_truth(estimates[k], plan.labels()[rows.first + k], plan.parts().confidence);
  }
  return simulated;
}

/// True values of some of the plan's labels, each that of its estimand. `day`: of the data cut; put there if it is not
/// given and a trial has to be simulated.
std::vector<TrueValue> values_of(const Scenario& scenario, std::span<const std::size_t> wanted, const Simulation& how,
                                 std::optional<double>& day) {
  std::vector<TrueValue> all = closed_values(scenario), values;
  const std::vector<std::size_t> lacking = without_closed_form(all, *scenario.plan, wanted);
  if (!lacking.empty()) {
    const Simulated simulated = simulate(scenario, lacking, how, day);
    day = simulated.day;
    for (const std::size_t k : lacking) all[k] = simulated.values[k];
  }
  for (const std::size_t k : wanted) values.push_back(all[scenario.plan->estimand(k)]);
  return values;
}

/// As many as have room in memory, each by a thread.
unsigned at_once(std::size_t count, std::size_t patients_each, unsigned threads) {
  const std::size_t room = patients_in_memory / std::max<std::size_t>(patients_each, 1);
  return static_cast<unsigned>(std::max<std::size_t>(std::min({count, room, std::size_t{threads}}), 1));
}

}  // namespace

std::vector<TrueValue> simulated_values(const Scenario& scenario, std::uint64_t seed, const LargeTrialSize& size,
                                        unsigned threads) {
  return simulate(scenario, all_of(*scenario.plan), {seed, size, threads}).values;
}

std::vector<TrueValue> true_values(const Scenario& scenario, std::uint64_t seed, const LargeTrialSize& size,
                                   unsigned threads) {
  const Scenario truth = scenario.of_truth();
  const Simulation how{seed, size, threads};
  std::optional<double> day;
  std::vector<TrueValue> values = values_of(truth, all_of(*truth.plan), how, day);
  const std::vector<std::size_t>& also = truth.also_without_visits;
  if (const std::optional<Scenario> watched = truth.without_visits(); watched && !also.empty()) {
    const std::vector<TrueValue> without = values_of(*watched, also, how, day);
    values.insert(values.end(), without.begin(), without.end());
  } else {
    for (const std::size_t k : also) values.push_back(values[k]);
  }
  return values;
}

bool all_in_closed_form(const Scenario& scenario) {
  const Scenario truth = scenario.of_truth();
  return without_closed_form(closed_values(truth), *truth.plan, all_of(*truth.plan)).empty();
}

LargeTrialSize truth_size(const Scenario& scenario, std::size_t patients) {
  if (scenario.draws.empty()) return {patients};
  const std::size_t each = patients / scenario.draws.size();
  return {std::max(each, fewest_trials_of_a_draw * scenario.trial->patients()), fewest_trials_of_a_draw};
}

unsigned draws_at_once(const Scenario& scenario, std::size_t patients, unsigned threads) {
  return at_once(scenario.draws.size(), patients_of(scenario, truth_size(scenario, patients)), threads);
}

TruthsOfDraws true_values_of_draws(const Scenario& scenario, std::uint64_t seed, std::size_t patients,
                                   unsigned threads) {
  TruthsOfDraws truths;
  const std::size_t draws = scenario.draws.size();
  truths.each.resize(draws);
  const LargeTrialSize size = truth_size(scenario, patients);
  parallel_for(draws, draws_at_once(scenario, patients, threads), [&](std::size_t d, Arena&) {
    // Patients of its own for each draw, so that the errors of their true values are independent.
    const std::uint64_t own = derived_key(seed, ("draw " + std::to_string(d + 1)).c_str());
    truths.each[d] = true_values(scenario.at_draw(d), own, size, 1);
  });
  const std::vector<EstimateLabel> labels = labels_with_truths(scenario);
  for (std::size_t k = 0; k < labels.size(); ++k) {
    double sum = 0, squares = 0;
    bool closed = true;
    for (const std::vector<TrueValue>& own : truths.each) {
      sum += labels[k].ratio ? std::log(own[k].value) : own[k].value;
      squares += own[k].standard_error * own[k].standard_error;
      closed = closed && own[k].closed_form;
    }
    const double mean = sum / static_cast<double>(draws);
    truths.mean.push_back(
        {labels[k].ratio ? std::exp(mean) : mean, std::sqrt(squares) / static_cast<double>(draws), closed});
  }
  return truths;
}

unsigned scenarios_at_once(const Study& study, unsigned threads) {
  std::size_t largest = 0, scenarios = 0;
  for (const Scenario& scenario : study.scenarios) {
    if (!scenario.draws.empty()) continue;
    largest = std::max(largest, patients_of(scenario, truth_size(scenario, study.truth_patients)));
    ++scenarios;
  }
  return at_once(scenarios, largest, threads);
}

std::vector<TruthsOfDraws> truths_of(const Study& study, unsigned threads) {
  std::vector<TruthsOfDraws> truths(study.scenarios.size());
  std::vector<std::size_t> not_drawn;
  for (std::size_t s = 0; s < truths.size(); ++s) {
    const Scenario& scenario = study.scenarios[s];
    if (scenario.draws.empty())
      not_drawn.push_back(s);
    else
      truths[s] = true_values_of_draws(scenario, study.seed, study.truth_patients, threads);
  }
  // Most of the work is the analysis of all patients as one trial, which is one thread's.
  const unsigned together = scenarios_at_once(study, threads), threads_each = together == 1 ? threads : 1;
  parallel_for(not_drawn.size(), together, [&](std::size_t k, Arena&) {
    const Scenario& scenario = study.scenarios[not_drawn[k]];
    truths[not_drawn[k]].mean =
        true_values(scenario, study.seed, truth_size(scenario, study.truth_patients), threads_each);
  });
  return truths;
}

std::string truth_csv(const std::vector<std::string>& scenarios, const std::vector<EstimateLabel>& labels,
                      const std::vector<std::vector<TrueValue>>& truths) {
  CsvWriter csv({"scenario", "analysis", "method", "endpoint", "population", "group", "term", "parameter", "at",
                 "truth", "standard_error", "source"});
  for (std::size_t s = 0; s < scenarios.size(); ++s)
    for (std::size_t k = 0; k < labels.size(); ++k) {
      const TrueValue& truth = truths[s][k];
      if (std::isnan(truth.value)) continue;
      const EstimateLabel& l = labels[k];
      for (const std::string& text :
           {scenarios[s], l.analysis, l.method, l.endpoint, l.population, l.group, l.term, l.parameter})
        csv.field(std::string_view(text));
      std::isnan(l.at) ? csv.field(std::string_view{}) : csv.field(l.at);
      csv.field(truth.value).field(truth.standard_error);
      csv.field(std::string_view(truth.closed_form ? "closed form" : "large trial")).end_row();
    }
  return csv.text();
}

}  // namespace oligosim

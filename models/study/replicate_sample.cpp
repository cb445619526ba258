#include "models/study/replicate_sample.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/csv.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "models/analysis/methods/hazard_ratio_test.hpp"
#include "models/study/spread.hpp"

namespace oligosim {
namespace {

/// Position of the analysis whose curves are of the primary's endpoint in all patients.
std::optional<std::size_t> curves_of_primary(const Scenario& scenario) {
  const Plan& plan = *scenario.plan;
  const EstimateLabel& primary = plan.analysis(plan.position(scenario.design->primary())).labels().front();
  for (std::size_t k = 0; k < plan.analyses(); ++k) {
    const EstimateLabel& label = plan.analysis(k).labels().front();
    if (label.method == "kaplan_meier" && label.endpoint == primary.endpoint && label.population == primary.population)
      return k;
  }
  return {};
}

std::optional<StepFigure> curves_at_the_end(const Scenario& scenario, std::size_t analysis,
                                            const TrialExperiment::Record& record, Arena& arena) {
  const Plan& plan = *scenario.plan;
  const Plan::Rows rows = plan.rows(analysis);
  for (const Figure& figure :
       plan.draw(analysis, *record.data, record.estimates.subspan(rows.first, rows.all), Resampling::none(), arena))
    if (const StepFigure* curves = std::get_if<StepFigure>(&figure)) return *curves;
  return {};
}

double value_at(const StepFigure& figure, const StepFigure::Group& group, double month) {
  if (!std::isnan(group.last_time) && month > group.last_time) return missing;
  const auto after = std::ranges::upper_bound(group.time, month);
  const double start = figure.rising ? 0 : 1;
  return after == group.time.begin() ? start : group.value[static_cast<std::size_t>(after - group.time.begin()) - 1];
}

SampledTrial sampled(std::uint32_t number, const TrialExperiment& experiment, const TrialExperiment::Record& record,
                     std::optional<std::size_t> estimate) {
  const Scenario& scenario = experiment.scenario();
  const double days = scenario.trial->days_per_month();
  SampledTrial trial{.number = number,
                     .looks = {record.looks.begin(), record.looks.end()},
                     .decision = record.decision,
                     .estimate = {}};
  const double decided = trial.looks.back().day + scenario.trial->cleaning_days();
  for (const double day : record.patients.enrollment_day)
    if (day <= decided) ++trial.patients, trial.last_entry = std::max(trial.last_entry, day / days);
  trial.months = decided / days;
  const std::size_t primary = scenario.plan->position(scenario.design->primary());
  trial.events = record.estimates[scenario.plan->rows(primary).first].n_events;
  if (estimate) trial.estimate = record.estimates[*estimate];
  return trial;
}

}  // namespace

std::vector<CurveRange> curve_ranges(const std::vector<std::optional<StepFigure>>& figures) {
  std::vector<CurveRange> curves;
  const auto first = std::ranges::find_if(figures, [](const auto& f) { return f && !f->groups.empty(); });
  if (first == figures.end()) return curves;
  std::vector<double> ends;
  for (const auto& f : figures)
    if (f)
      for (const StepFigure::Group& g : f->groups)
        if (!std::isnan(g.last_time)) ends.push_back(g.last_time);
  if (ends.empty()) return curves;
  const double end = quantile_of(ends, 0.5);
  constexpr int steps = 60;
  for (std::size_t g = 0; g < (*first)->groups.size(); ++g) {
    CurveRange curve{.group = (*first)->groups[g].name, .month = {}, .mean = {}, .lower = {}, .upper = {}};
    for (int k = 0; k <= steps; ++k) {
      const double month = end * k / steps;
      std::vector<double> values;
      for (const auto& f : figures) {
        const double value = f && g < f->groups.size() ? value_at(*f, f->groups[g], month) : missing;
        if (!std::isnan(value)) values.push_back(value);
      }
      if (2 * values.size() < figures.size()) break;
      const Spread spread = spread_of(values);
      curve.month.push_back(month);
      curve.mean.push_back(spread.mean);
      curve.lower.push_back(spread.lower);
      curve.upper.push_back(spread.upper);
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

std::string ending(const SampledTrial& trial, const Design& design) {
  const std::string look = design.looks().size() == 1 ? "" : " at look " + std::to_string(trial.looks.size());
  if (trial.decision == Decision::efficacy) return "claims efficacy" + look;
  if (trial.decision == Decision::harm) return "claims harm" + look;
  if (trial.decision == Decision::futility) return "stops for futility" + look;
  return "goes to its end without a claim";
}

std::optional<std::size_t> primary_estimate(const Scenario& scenario) {
  const std::vector<EstimateLabel>& labels = scenario.plan->labels();
  const std::size_t primary = scenario.plan->rows(scenario.plan->position(scenario.design->primary())).first;
  const auto has_interval = [](const EstimateLabel& l) { return l.estimated && !l.interval.empty() && !l.log_scale; };
  if (has_interval(labels[primary])) return primary;
  const HazardRatioTest* test =
      test_of_arms(scenario.plan->analysis(scenario.plan->position(scenario.design->primary())));
  const auto first_of = [&](const std::string& term) -> std::optional<std::size_t> {
    for (std::size_t k = 0; k < labels.size(); ++k)
      if (labels[k].endpoint == labels[primary].endpoint && labels[k].ratio && has_interval(labels[k]) &&
          (term.empty() || labels[k].term == term))
        return k;
    return {};
  };
  if (const auto same = test ? first_of(test->compared()) : std::nullopt) return same;
  return scenario.trial->arms().size() > 2 && test ? std::nullopt : first_of("");
}

ReplicateSample sample_replicates(const TrialExperiment& experiment, std::size_t count, unsigned threads) {
  const Scenario& scenario = experiment.scenario();
  ReplicateSample sample{.scenario = scenario.name,
                         .days_per_month = scenario.trial->days_per_month(),
                         .estimate = primary_estimate(scenario),
                         .trials = {},
                         .by_month = {},
                         .curves_of = {},
                         .curves = {}};
  if (sample.estimate && scenario.draws.empty()) sample.truth = experiment.truths().observed[*sample.estimate].value;
  sample.trials.resize(count);
  const std::optional<std::size_t> analysis = curves_of_primary(scenario);
  std::vector<std::optional<StepFigure>> figures(analysis ? count : 0);
  MonthlyCounting by_month(scenario, count);
  parallel_for(count, threads, [&](std::size_t k, Arena& arena) {
    const auto number = static_cast<std::uint32_t>(k + 1);
    const TrialExperiment::Record record = experiment.record(number, arena);
    sample.trials[k] = sampled(number, experiment, record, sample.estimate);
    by_month.count(k, record.patients);
    if (analysis) figures[k] = curves_at_the_end(scenario, *analysis, record, arena);
  });
  double last_month = 0;
  for (const SampledTrial& trial : sample.trials) last_month = std::max(last_month, trial.months);
  sample.by_month = by_month.counts(last_month);
  sample.curves = curve_ranges(figures);
  for (const auto& f : figures)
    if (f && sample.curves_of.empty()) sample.curves_of = f->text.title;
  return sample;
}

std::vector<ExampleTrial> example_trials(const TrialExperiment& experiment, const ReplicateSample& sample) {
  std::vector<ExampleTrial> examples;
  const std::optional<std::size_t> analysis = curves_of_primary(experiment.scenario());
  if (!analysis) return examples;
  Arena arena;
  for (const Decision kind : {Decision::efficacy, Decision::harm, Decision::futility, Decision::none}) {
    const auto found = std::ranges::find_if(sample.trials, [&](const SampledTrial& t) { return t.decision == kind; });
    if (found == sample.trials.end()) continue;
    arena.reset();
    const TrialExperiment::Record record = experiment.record(found->number, arena);
    std::optional<StepFigure> curves = curves_at_the_end(experiment.scenario(), *analysis, record, arena);
    if (curves) examples.push_back({found->number, ending(*found, *experiment.scenario().design), std::move(*curves)});
  }
  return examples;
}

std::string by_month_csv(std::span<const ReplicateSample> samples) {
  CsvWriter csv({"scenario", "month", "count", "endpoint", "arm", "mean", "mcse", "lower", "upper"});
  for (const ReplicateSample& sample : samples)
    for (const MonthlyCount& c : sample.by_month)
      for (std::size_t month = 0; month < c.mean.size(); ++month) {
        csv.field(std::string_view(sample.scenario)).field(static_cast<long long>(month));
        csv.field(std::string_view(c.endpoint.empty() ? "patients" : "events"));
        csv.field(std::string_view(c.endpoint)).field(std::string_view(c.arm));
        csv.field(c.mean[month]).field(c.mcse[month]).field(c.lower[month]).field(c.upper[month]).end_row();
      }
  return csv.text();
}

}  // namespace oligosim

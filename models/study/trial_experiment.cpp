#include "models/study/trial_experiment.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/numeric/normal.hpp"
#include "models/study/trial_under_way.hpp"

namespace oligosim {
namespace {

double design_measure(const RowColumn& column, const TrialUnderWay& trial, const Patients& patients,
                      double days_per_month, double cleaning_days) {
  const double decided = trial.last().day + cleaning_days;
  const bool here = column.look == 0 || static_cast<std::size_t>(column.look) == trial.looks;
  switch (column.measured) {
    case Measured::reject:
      return here && trial.decision == Decision::efficacy;
    case Measured::futility:
      return here && trial.decision == Decision::futility;
    case Measured::n:
      return static_cast<double>(Trial::enrolled(patients, decided));
    case Measured::events:
      return trial.primary.n_events;
    case Measured::duration:
      return decided / days_per_month;
    case Measured::events_not_reached:
      return !trial.last().events_reached;
    default:
      return missing;
  }
}

/// Of a course, in trials that take it.
double course_measure(const RowColumn& column, const TrialUnderWay& trial, const Patients& patients,
                      double days_per_month, double cleaning_days) {
  constexpr Measured of_design[] = {Measured::reject, Measured::n, Measured::events, Measured::duration};
  const bool taken = trial.course == column.label;
  if (column.measured == Measured::course_taken) return taken;
  if (!taken) return missing;
  const auto which = static_cast<std::size_t>(column.measured) - static_cast<std::size_t>(Measured::course_reject);
  return design_measure({of_design[which]}, trial, patients, days_per_month, cleaning_days);
}

/// Of several hypotheses; `look` 0: by the end of the trial.
double hypothesis_measure(const RowColumn& column, std::span<const std::size_t> rejected_at, HypothesisSet true_nulls) {
  const auto here = [&](std::size_t at) {
    return at > 0 && (column.look == 0 || at == static_cast<std::size_t>(column.look));
  };
  switch (column.measured) {
    case Measured::hypothesis_rejected:
      return here(rejected_at[column.label]);
    case Measured::any_hypothesis:
      return std::ranges::any_of(rejected_at, here);
    case Measured::all_hypotheses:
      return std::ranges::all_of(rejected_at, here);
    default:  // false_rejection
      for (std::size_t k = 0; k < rejected_at.size(); ++k)
        if ((true_nulls & only(k)) && here(rejected_at[k])) return 1;
      return 0;
  }
}

}  // namespace

TrialExperiment::TrialExperiment(const Scenario& scenario, std::uint64_t seed, std::vector<TrueValue> truths,
                                 std::vector<std::vector<TrueValue>> of_draws)
    : scenario_(scenario),
      seed_(seed),
      stopped_(scenario),
      labels_(scenario.plan->labels()),
      truths_(std::move(truths)),
      of_draws_(std::move(of_draws)),
      one_sided_bound_(normal_quantile(1 - scenario.design->alpha())),
      primary_(scenario.plan->position(scenario.design->primary())),
      arms_(ArmsLogRank::of(scenario)) {
  for (const EstimateLabel& label : stopped_.labels()) {
    labels_.push_back(label);
    const auto add_truth = [&](std::vector<TrueValue>& values) {
      values.push_back(stopped_.same_truth() ? values[*stopped_.same_truth()] : TrueValue{});
    };
    add_truth(truths_);
    for (std::vector<TrueValue>& of_draw : of_draws_) add_truth(of_draw);
  }
  const int looks = static_cast<int>(scenario.design->looks().size());
  for (int look = 0; look <= looks; ++look) {
    add(Measured::reject, 0, look, false);
    add(Measured::futility, 0, look, false);
  }
  add(Measured::n, 0, 0, true);
  add(Measured::events, 0, 0, true);
  add(Measured::duration, 0, 0, true);
  add(Measured::events_not_reached, 0, 0, false);
  for (std::size_t k = 0; k < scenario_.families.size(); ++k) add(Measured::any_rejects, k, 0, false);
  add_hypotheses(looks);
  for (std::size_t k = 0; k < scenario_.design->courses().size(); ++k)
    for (const Measured m : {Measured::course_taken, Measured::course_reject, Measured::course_n,
                             Measured::course_events, Measured::course_duration})
      add(m, k, 0, false);
  for (std::size_t k = 0; k < labels_.size(); ++k) {
    const EstimateLabel& label = labels_[k];
    if (label.tested) add(Measured::rejects, k, 0, false);
    if (!label.estimated) continue;
    add(Measured::estimate, k, 0, false);
    add(Measured::natural, k, 0, true);
    add(Measured::variance, k, 0, false);
    const WantedDistribution& wanted = scenario_.distributions.of(label);
    for (const double threshold : wanted.share_at_most) add(Measured::at_most, k, 0, false, threshold);
    if (label.interval.empty()) continue;
    for (const double value : wanted.interval_contains) add(Measured::contains, k, 0, false, value);
    for (const Measured m :
         {Measured::covered, Measured::miss_below, Measured::miss_above, Measured::width, Measured::covered_reached})
      add(m, k, 0, false);
    if (label.resampled)
      for (const Measured m : {Measured::limit_mcse, Measured::degenerate}) add(m, k, 0, false);
    add(Measured::lower, k, 0, true);
    add(Measured::upper, k, 0, true);
  }
}

void TrialExperiment::add_hypotheses(int looks) {
  for (const std::string& analysis : scenario_.design->hypotheses())
    hypotheses_.push_back(scenario_.plan->position(analysis));
  if (hypotheses_.empty()) return;
  for (std::size_t k = 0; k < hypotheses_.size(); ++k)
    for (int look = 0; look <= looks; ++look) add(Measured::hypothesis_rejected, k, look, false);
  for (const Measured m : {Measured::any_hypothesis, Measured::all_hypotheses, Measured::false_rejection})
    add(m, 0, 0, false);
}

std::size_t TrialExperiment::claims_column() const {
  const auto column =
      std::ranges::find_if(layout_, [](const RowColumn& c) { return c.measured == Measured::reject && c.look == 0; });
  return static_cast<std::size_t>(column - layout_.begin());
}

void TrialExperiment::add(Measured measured, std::size_t label, int look, bool sketched, double threshold) {
  layout_.push_back({measured, label, look, threshold});
  std::string name =
      std::to_string(static_cast<int>(measured)) + "/" + std::to_string(label) + "/" + std::to_string(look);
  if (!std::isnan(threshold)) name += "/" + shortest(threshold);
  columns_.push_back({name, sketched});
}

bool TrialExperiment::rejects(const Estimate& e) const {
  const bool one_sided = scenario_.design->sides() == 1 && !std::isnan(e.signed_statistic);
  return one_sided ? e.signed_statistic >= one_sided_bound_ : e.p_value <= scenario_.design->alpha();
}

/// A missing statistic does not reject.
bool TrialExperiment::any_rejects(const Family& family, std::span<const Estimate> estimates) const {
  return std::ranges::any_of(family.labels,
                             [&](std::size_t k) { return !std::isnan(estimates[k].p_value) && rejects(estimates[k]); });
}

double TrialExperiment::measure(const RowColumn& column, const Estimate& e, double truth) const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const EstimateLabel& label = labels_[column.label];
  const bool tested = !std::isnan(e.p_value);
  if (column.measured == Measured::rejects) return tested ? rejects(e) : missing;
  const bool endless = e.status == Status::not_reached && label.unbounded;
  if (e.status != Status::ok && !endless) return missing;
  const double estimate = endless ? infinity : e.estimate;
  const double lower = std::isnan(e.lower) ? -infinity : e.lower;
  const double upper = std::isnan(e.upper) ? infinity : e.upper;
  switch (column.measured) {
    case Measured::estimate:
      return label.ratio ? std::log(estimate) : estimate;
    case Measured::natural:
      return estimate;
    case Measured::variance:
      return e.standard_error * e.standard_error;
    case Measured::covered:
      return std::isnan(truth) ? missing : lower <= truth && truth <= upper;
    case Measured::miss_below:
      return std::isnan(truth) ? missing : truth < lower;
    case Measured::miss_above:
      return std::isnan(truth) ? missing : truth > upper;
    case Measured::covered_reached:
      return std::isnan(truth) || !std::isfinite(lower) || !std::isfinite(upper) ? missing
                                                                                 : lower <= truth && truth <= upper;
    case Measured::at_most:
      return estimate <= column.threshold;
    case Measured::contains:
      return lower <= column.threshold && column.threshold <= upper;
    case Measured::limit_mcse:
      return (e.lower_mcse + e.upper_mcse) / 2;
    case Measured::degenerate:
      return e.degenerate;
    case Measured::width:
      return label.ratio ? std::log(upper) - std::log(lower) : upper - lower;
    case Measured::lower:
      return lower;
    case Measured::upper:
      return upper;
    default:
      return missing;
  }
}

/// Calls f(trial under way, its patients, estimates) at the end of a replicate.
template <class F>
void TrialExperiment::run_to_the_end(std::uint32_t number, Arena& arena, const F& f) const {
  const Streams streams(seed_, number);
  const Trial& trial = scenario_.trial_of(streams);
  const Patients patients = trial.simulate(streams, arena);
  TrialUnderWay under_way(scenario_, trial, stopped_, primary_, arms_, hypotheses_, patients, arena);
  scenario_.design->conduct(under_way);
  const std::span<Estimate> estimates = arena.take<Estimate>(labels_.size());
  const std::size_t planned = scenario_.plan->labels().size();
  under_way.evaluate(estimates.first(planned), Resampling::of(streams));
  std::ranges::copy(under_way.adjusted, estimates.begin() + static_cast<std::ptrdiff_t>(planned));
  f(under_way, patients, estimates);
}

void TrialExperiment::replicate(std::uint32_t number, Arena& arena, std::span<double> row) const {
  const std::vector<TrueValue>& truths =
      of_draws_.empty() ? truths_ : of_draws_[scenario_.draw_of(Streams(seed_, number))];
  const double days_per_month = scenario_.trial->days_per_month();
  const double cleaning_days = scenario_.trial->cleaning_days();
  run_to_the_end(number, arena, [&](const auto& under_way, const Patients& patients, auto estimates) {
    for (std::size_t k = 0; k < row.size(); ++k) {
      const RowColumn& column = layout_[k];
      if (column.measured == Measured::any_rejects) {
        row[k] = any_rejects(scenario_.families[column.label], estimates);
      } else if (column.measured >= Measured::course_taken) {
        row[k] = course_measure(column, under_way, patients, days_per_month, cleaning_days);
      } else if (column.measured > Measured::any_rejects) {
        row[k] = hypothesis_measure(column, under_way.rejected_at, scenario_.design->true_nulls());
      } else if (column.measured < Measured::estimate) {
        row[k] = design_measure(column, under_way, patients, days_per_month, cleaning_days);
      } else {
        row[k] = measure(column, estimates[column.label], truths[column.label].value);
      }
    }
  });
}

TrialExperiment::Record TrialExperiment::record(std::uint32_t number, Arena& arena) const {
  std::optional<Record> record;
  run_to_the_end(number, arena, [&](auto& under_way, const Patients& patients, auto estimates) {
    record = {under_way.seen.first(under_way.looks), under_way.decision, patients, &under_way.data(), estimates};
  });
  return *record;
}

}  // namespace oligosim

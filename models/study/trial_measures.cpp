#include "models/study/trial_measures.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {

double EndedTrial::measured(const RowColumn& column) const {
  switch (part_of(column.measured)) {
    case RowPart::design:
      return of_design(column.measured, column.look);
    case RowPart::estimate: {
      const std::span<const Estimate> all = estimates_at(column.look);
      return all.empty() ? missing : of_estimate(column, all);
    }
    case RowPart::family: {
      const std::span<const Estimate> all = estimates_at(column.look);
      return all.empty() ? missing : any_rejects(scenario.families[column.label], all);
    }
    case RowPart::hypotheses:
      return of_hypotheses(column);
    case RowPart::course:
      return of_course(column);
  }
  return missing;
}

/// At the decision of a look that was held.
double EndedTrial::at_end_of(int look, Measured measured) const {
  const LookResult& held = trial.seen[static_cast<std::size_t>(look) - 1];
  const double decided = held.day + scenario.trial->cleaning_days();
  if (measured == Measured::n) return static_cast<double>(Trial::enrolled(patients, decided));
  if (measured == Measured::duration) return decided / scenario.trial->days_per_month();
  return scenario.design->drops_arms() ? static_cast<double>(held.events) : trial.events_at(look);
}

double EndedTrial::of_design(Measured measured, int look) const {
  const auto ended = static_cast<int>(trial.looks);
  const bool here = look == 0 || static_cast<std::size_t>(look) == trial.looks;
  switch (measured) {
    case Measured::reject:
      return here && (trial.decision == Decision::efficacy || trial.decision == Decision::harm);
    case Measured::efficacy:
      return here && trial.decision == Decision::efficacy;
    case Measured::harm:
      return here && trial.decision == Decision::harm;
    case Measured::futility:
      return here && trial.decision == Decision::futility;
    case Measured::n:
    case Measured::events:
    case Measured::duration:
      return look > ended ? missing : at_end_of(look == 0 ? ended : look, measured);
    case Measured::events_not_reached:
      return !trial.last().events_reached;
    default:
      return missing;
  }
}

double EndedTrial::of_estimate(const RowColumn& column, std::span<const Estimate> all) const {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const Estimate& e = all[column.label];
  const EstimateLabel& label = labels[column.label];
  const double truth = (column.without_visits ? truths.without_visits : truths.observed)[column.label].value;
  // At a look what is missing is of trials that were over before; a missing statistic does not reject.
  if (column.measured == Measured::rejects && std::isnan(e.p_value)) return column.look > 0 ? 0 : missing;
  if (column.measured == Measured::rejects) return rejects(e);
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
    case Measured::deviation:
      return label.ratio ? std::log(estimate) - std::log(truth) : estimate - truth;
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

/// Of several hypotheses; look 0: by the end of the trial.
double EndedTrial::of_hypotheses(const RowColumn& column) const {
  const std::span<const std::size_t> rejected_at = trial.rejected_at;
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
        if ((scenario.design->true_nulls() & only(k)) && here(rejected_at[k])) return 1;
      return 0;
  }
}

double EndedTrial::of_course(const RowColumn& column) const {
  const bool taken = trial.course == column.label;
  if (column.measured == Measured::course_taken) return taken;
  if (!taken) return missing;
  switch (column.measured) {
    case Measured::course_reject:
      return of_design(Measured::reject, 0);
    case Measured::course_n:
      return of_design(Measured::n, 0);
    case Measured::course_events:
      return of_design(Measured::events, 0);
    default:  // course_duration
      return of_design(Measured::duration, 0);
  }
}

bool EndedTrial::rejects(const Estimate& e) const {
  const bool one_sided = scenario.design->sides() == 1 && !std::isnan(e.signed_statistic);
  return one_sided ? e.signed_statistic >= one_sided_bound : e.p_value <= scenario.design->alpha();
}

/// A missing statistic does not reject.
bool EndedTrial::any_rejects(const Family& family, std::span<const Estimate> all) const {
  return std::ranges::any_of(family.labels,
                             [&](std::size_t k) { return !std::isnan(all[k].p_value) && rejects(all[k]); });
}

}  // namespace oligosim

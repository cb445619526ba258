#pragma once

#include <array>
#include <span>

#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/switching/switching_weights.hpp"

namespace oligosim {

/// Comparison of two groups whose patients are censored at a change of treatment, those still at risk weighted for
/// those who are like them and have changed (inverse probability of censoring weighting; Robins and Finkelstein 2000).
struct WeightedGroups {
  double log_hazard_ratio = missing;        // of the second group over the first
  double standard_error = missing;          // robust (Lin and Wei 1989), of weights taken as known
  double largest_weight = missing;          // at an event or while at risk at one
  Status status = Status::ok;               // of the hazard ratio
  Status weights = Status::ok;              // of weights and curves
  std::array<KaplanMeierCurve<>, 2> curve;  // of each group; `at_risk` and `events` are sums of weights
};

/// Cox regression with Breslow's ties, as R's coxph with rows (start, stop], weights and cluster. `stabilized`: weights
/// are multiplied by the probability of not having changed, whoever is at risk in the group, which spares variance and
/// leaves curves as they are. Without weights there is nothing: their status, or `separation` where one is infinite.
/// Else the status of the hazard ratio is `empty_group`; `no_events`: never while both groups are at risk;
/// `separation`: of one group alone; `singular`: all of everybody at risk.
///
/// Takes a row for each patient and time since eligible at which weights change. Above `most_rows`, but never below 50
/// such times a group, weights change at fewer times, some earlier and some later than they should.
WeightedGroups weighted_groups(const ChangingPatients& patients, const SwitchingWeights& weights, bool stabilized,
                               Arena& arena, std::size_t most_rows = 16'000'000);

}  // namespace oligosim

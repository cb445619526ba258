#pragma once

#include <cstddef>

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"

namespace oligosim {

/// The test of S(t) in one group against another: on the plain scale, or on that of log(-log S), which keeps its level
/// in small groups (Klein, Logan, Harhoff and Andersen 2007).
enum class MilestoneTest { plain, log_log };

/// S(t) of the later level minus that of the reference, with its plain Greenwood standard error and interval, and the
/// test asked for: z = statistic = signed_statistic, positive where the later level survives better; two-sided p.
/// Beyond the last time of a group whose curve is not 0: `not_reached`. No test, but the estimate: standard error 0 in
/// both, or for log_log a curve still at 1 or at 0; status `no_events` without events by then in either group,
/// otherwise `singular`. At S = 0 a curve counts with standard error 0. `n_events`: by time t. `k`: the lane.
template <Weight V>
Estimate survival_difference(const KaplanMeierCurve<V>& reference, const KaplanMeierCurve<V>& later, double time,
                             MilestoneTest test, double confidence, std::size_t k = 0);

/// The odds S(t) / (1 - S(t)) of the later level over those of the reference, with Wald's interval and test on the log
/// scale (delta method; the standard error is that of the logarithm) against the odds ratio `null`; positive where the
/// later level survives better. A curve still at 1 or at 0: `separation`, or `no_events` without events in either
/// group.
template <Weight V>
Estimate survival_odds_ratio(const KaplanMeierCurve<V>& reference, const KaplanMeierCurve<V>& later, double time,
                             double null, double confidence, std::size_t k = 0);

}  // namespace oligosim

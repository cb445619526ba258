#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Pointwise interval of S(t), as conf.type of R survival's survfit.
enum class SurvivalInterval { log, log_log, plain, logit, arcsine };

/// Kaplan-Meier curve (Kaplan and Meier 1958), one element a distinct time, of events or censorings, as survfit. Times
/// at which nobody has a weight are left out; of Lanes, those at which no lane has one.
template <Weight V = double>
struct KaplanMeierCurve {
  std::span<const double> time;
  std::span<const V> at_risk;
  std::span<const V> events;
  std::span<const V> survival;
  std::span<const V> log_variance;  // of log S(t): Greenwood's sum, infinite where S = 0; empty: not asked for
  V first_time{};                   // of those with a weight; 0 without any
  V last_time{};
  V n{};  // sum of weights
  V n_events{};
};

/// Greenwood's sum takes half the time of a curve; of resamples it is rarely asked for.
enum class Greenwood : bool { left_out, added_up };

/// `weight` has one element a patient in table order, or is empty for all ones.
template <Weight V = double>
KaplanMeierCurve<V> kaplan_meier(const SurvivalTable& table, std::span<const std::type_identity_t<V>> weight,
                                 Arena& arena, Greenwood greenwood = Greenwood::added_up);

/// S(t) with its Greenwood standard error. Beyond the last time: missing with `not_reached`, unless S is already 0
/// there. Limits as survfit: upper capped at 1; missing at S = 0, but 0 with plain where S has no variance; at S = 1
/// both 1 before the first time and with log and plain, otherwise missing. `k`: the lane.
template <Weight V>
Estimate survival_at(const KaplanMeierCurve<V>& curve, double time, SurvivalInterval interval, double confidence,
                     std::size_t k = 0);

/// The time by which a share `probability` has failed, R's quantile.survfit: the first time with S < 1 - p; where
/// S equals 1 - p (tolerance sqrt(eps)) the midpoint of the flat stretch, or with the last time if it lasts to the
/// end. Limits by the same rule on the lower and upper curves (Brookmeyer and Crowley 1982); NaN where not reached. An
/// upper curve need not be monotone: of its values at 1 - p or below, the largest counts, as in R. `k`: the lane.
template <Weight V>
Estimate survival_quantile(const KaplanMeierCurve<V>& curve, double probability, SurvivalInterval interval,
                           double confidence, std::size_t k = 0);

/// The estimates of survival_at and survival_quantile alone, of all lanes at once; NaN where those are missing.
template <Weight V>
V survival_values(const KaplanMeierCurve<V>& curve, double time);
template <Weight V>
V quantile_values(const KaplanMeierCurve<V>& curve, double probability);
/// The squared standard errors of survival_at, of all lanes at once; NaN where S = 0 too.
template <Weight V>
V survival_variances(const KaplanMeierCurve<V>& curve, double time);

}  // namespace oligosim

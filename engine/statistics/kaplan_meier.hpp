#pragma once

#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival_table.hpp"

namespace oligosim {

/// Pointwise interval of S(t), as conf.type of R survival's survfit.
enum class SurvivalInterval { log, log_log, plain, logit, arcsine };

/// Kaplan-Meier curve (Kaplan and Meier 1958), one element a distinct time, of events or censorings, as survfit.
struct KaplanMeierCurve {
  std::span<const double> time;
  std::span<const double> at_risk;
  std::span<const double> events;
  std::span<const double> survival;
  std::span<const double> log_variance;  // Greenwood sum: variance of log S(t); infinite where S = 0
  double n = 0;                          // sum of weights
  double n_events = 0;
};

/// `weight` has one element a patient in table order, or is empty for all ones.
KaplanMeierCurve kaplan_meier(const SurvivalTable& table, std::span<const double> weight, Arena& arena);

/// S(t) with its Greenwood standard error. Beyond the last time: missing with `not_reached`, unless S is already 0
/// there. Limits as survfit: upper capped at 1; missing at S = 0; at S = 1 both 1 before the first time and with log
/// and plain, otherwise missing.
Estimate survival_at(const KaplanMeierCurve& curve, double time, SurvivalInterval interval, double confidence);

/// The time by which a share `probability` has failed, R's quantile.survfit: the first time with S < 1 - p; where
/// S equals 1 - p (tolerance sqrt(eps)) the midpoint of the flat stretch, or with the last time if it lasts to the
/// end. Limits by the same rule on the lower and upper curves (Brookmeyer and Crowley 1982); NaN where not reached. An
/// upper curve need not be monotone: of its values at 1 - p or below, the largest counts, as in R.
Estimate survival_quantile(const KaplanMeierCurve& curve, double probability, SurvivalInterval interval,
                           double confidence);

}  // namespace oligosim

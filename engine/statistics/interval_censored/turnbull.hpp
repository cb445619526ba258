#pragma once

#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/interval_censored/event_intervals.hpp"

namespace oligosim {

/// The nonparametric maximum likelihood estimate of a survival curve from intervals.
struct TurnbullCurve {
  InnermostIntervals innermost;
  std::span<const double> mass;      // of each innermost interval
  std::span<const double> survival;  // before each of them, and 0 after the last: one more
  Status status = Status::ok;        // empty_group, did_not_converge
};

/// Peto (1973), Turnbull (1976), by the EM algorithm and iterative convex minorants in turn (Wellner and Zhan 1997),
/// until no mass anywhere would make the data likelier. Where several distributions are as likely it is one of them.
TurnbullCurve turnbull(const EventIntervals& data, Arena& arena);

/// S(t). Within an innermost interval, where no data tell how it falls, on the line between its ends; `not_reached` in
/// one without an end.
Estimate survival_at(const TurnbullCurve& curve, double time);

/// The time by which a share `probability` has failed, on the same curve; the midpoint where it stays at
/// 1 - probability (tolerance sqrt(eps)), as survival_quantile() of a Kaplan-Meier curve.
Estimate survival_quantile(const TurnbullCurve& curve, double probability);

}  // namespace oligosim

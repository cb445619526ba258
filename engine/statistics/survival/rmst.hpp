#pragma once

#include <cstddef>

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"

namespace oligosim {

/// Restricted mean survival time, the area under the Kaplan-Meier curve up to tau, with its Greenwood variance, the sum
/// over event times of (area from there to tau)^2 d / (n (n - d)) (Irwin 1949; Klein and Moeschberger 2003). As
/// survRM2's rmst2 and, with the same variance, survfit's print(rmean = tau).
template <Weight V = double>
struct RestrictedMean {
  V value{};  // NaN where there is no patient, or tau lies beyond the last time and S is not 0 there
  V variance{};
  V n{};
  V n_events{};  // up to tau
};

template <Weight V>
RestrictedMean<V> restricted_mean(const KaplanMeierCurve<V>& curve, double tau);

/// Mean with standard error and Wald interval, of lane `k`. tau beyond the last time of a group: defined where the last
/// patient has the event, so that the curve is 0 from there on; otherwise `not_reached`. (survRM2 has the same rule,
/// and besides refuses a tau beyond the last time of both groups.)
template <Weight V>
Estimate rmst(const RestrictedMean<V>& mean, double confidence, std::size_t k = 0);

/// Later level minus reference (Uno et al. 2014): Wald z, interval, two-sided p; signed_statistic = z. Variance 0 in
/// both groups: estimate without a test, `no_events` or, where there are events, `singular`.
template <Weight V>
Estimate rmst_difference(const RestrictedMean<V>& reference, const RestrictedMean<V>& later, double confidence,
                         std::size_t k = 0);

/// Later level over reference; interval and test on the log scale, standard_error is that of the log ratio. A mean of 0
/// in a group (tau or all times 0): `singular`.
template <Weight V>
Estimate rmst_ratio(const RestrictedMean<V>& reference, const RestrictedMean<V>& later, double confidence,
                    std::size_t k = 0);

}  // namespace oligosim

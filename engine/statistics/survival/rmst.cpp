#include "engine/statistics/survival/rmst.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/contrast.hpp"

namespace oligosim {

// Backwards from tau, so that the area from each event time to tau is the sum so far. Only a lane's own event times
// cut its area into pieces.
template <Weight V>
RestrictedMean<V> restricted_mean(const KaplanMeierCurve<V>& curve, double tau) {
  const auto after = std::upper_bound(curve.time.begin(), curve.time.end(), tau);
  V area{}, variance{}, n_events{};
  V until = broadcast<V>(tau);
  for (auto i = static_cast<std::size_t>(after - curve.time.begin()); i-- > 0;) {
    const V d = curve.events[i], n = curve.at_risk[i];
    if (!any_above(d, 0.0)) continue;
    area += d > 0.0 ? curve.survival[i] * (until - curve.time[i]) : V{};
    until = d > 0.0 ? broadcast<V>(curve.time[i]) : until;
    variance += n > d ? area * area * d / (n * (n - d)) : V{};  // where all fail, no area is left
    n_events += d;
  }
  area += until;                               // S = 1 up to the first event
  const V last = survival_values(curve, tau);  // NaN beyond what is known
  return {last >= 0.0 ? area : broadcast<V>(missing), variance, curve.n, n_events};
}

template <Weight V>
Estimate rmst(const RestrictedMean<V>& mean, double confidence, std::size_t k) {
  Estimate e;
  e.n = lane(mean.n, k);
  e.n_events = lane(mean.n_events, k);
  if (std::isnan(lane(mean.value, k))) {
    e.status = e.n > 0.0 ? Status::not_reached : Status::empty_group;
    return e;
  }
  e.estimate = lane(mean.value, k);
  e.standard_error = std::sqrt(lane(mean.variance, k));
  set_wald_interval(e, confidence);
  return e;
}

template <Weight V>
Estimate rmst_difference(const RestrictedMean<V>& reference, const RestrictedMean<V>& later, double confidence,
                         std::size_t k) {
  Estimate e = contrast_of(rmst(reference, confidence, k), rmst(later, confidence, k));
  if (e.status != Status::ok) return e;
  e.estimate = lane(later.value, k) - lane(reference.value, k);
  e.standard_error = std::sqrt(lane(reference.variance, k) + lane(later.variance, k));
  set_wald_interval(e, confidence);
  set_normal_test(e, e.estimate / e.standard_error);
  return e;
}

template <Weight V>
Estimate rmst_ratio(const RestrictedMean<V>& reference, const RestrictedMean<V>& later, double confidence,
                    std::size_t k) {
  Estimate e = contrast_of(rmst(reference, confidence, k), rmst(later, confidence, k));
  if (e.status != Status::ok) return e;
  const double below = lane(reference.value, k), above = lane(later.value, k);
  if (!(below > 0.0 && above > 0.0)) {
    e.status = Status::singular;
    return e;
  }
  e.estimate = std::log(above / below);
  e.standard_error =
      std::sqrt(lane(reference.variance, k) / (below * below) + lane(later.variance, k) / (above * above));
  set_wald_interval(e, confidence);
  set_normal_test(e, e.estimate / e.standard_error);
  for (double* x : {&e.estimate, &e.lower, &e.upper}) *x = std::exp(*x);
  return e;
}

#define OLIGOSIM_INSTANTIATE(V)                                                                               \
  template RestrictedMean<V> restricted_mean(const KaplanMeierCurve<V>&, double);                             \
  template Estimate rmst(const RestrictedMean<V>&, double, std::size_t);                                      \
  template Estimate rmst_difference(const RestrictedMean<V>&, const RestrictedMean<V>&, double, std::size_t); \
  template Estimate rmst_ratio(const RestrictedMean<V>&, const RestrictedMean<V>&, double, std::size_t);
OLIGOSIM_INSTANTIATE(double)
OLIGOSIM_INSTANTIATE(Lanes)
#undef OLIGOSIM_INSTANTIATE

}  // namespace oligosim

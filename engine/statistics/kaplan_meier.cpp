#include "engine/statistics/kaplan_meier.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/statistics/normal.hpp"

namespace oligosim {

namespace {

struct Limits {
  double lower = missing;
  double upper = missing;
};

struct IntervalRule {
  SurvivalInterval kind;
  double z;
};

IntervalRule interval_rule(SurvivalInterval kind, double confidence) {
  return {kind, normal_quantile(1.0 - (1.0 - confidence) / 2.0)};
}

// Each as S on its scale +- z times the delta-method standard error; `se` is that of log S.
Limits limits(double s, double log_variance, IntervalRule rule) {
  const double spread = rule.z * std::sqrt(log_variance);
  if (s == 0.0) {
    const bool certain = rule.kind == SurvivalInterval::plain && log_variance == 0.0;
    return certain ? Limits{0.0, 0.0} : Limits{};
  }
  if (s == 1.0) {
    const bool defined = rule.kind == SurvivalInterval::log || rule.kind == SurvivalInterval::plain;
    return defined ? Limits{1.0, 1.0} : Limits{};
  }
  switch (rule.kind) {
    case SurvivalInterval::log: {
      const double factor = std::exp(spread);
      return {s / factor, std::min(s * factor, 1.0)};
    }
    case SurvivalInterval::plain:
      return {std::max(s - s * spread, 0.0), std::min(s + s * spread, 1.0)};
    case SurvivalInterval::log_log: {
      const double log_s = std::log(s);
      const double factor = std::exp(spread / log_s);  // log S is negative: a factor below 1
      return {std::exp(log_s / factor), std::exp(log_s * factor)};
    }
    case SurvivalInterval::logit: {
      const double odds = s / (1.0 - s);
      const double factor = std::exp(spread / (1.0 - s));
      return {1.0 - 1.0 / (1.0 + odds / factor), 1.0 - 1.0 / (1.0 + odds * factor)};
    }
    case SurvivalInterval::arcsine: {
      const double angle = std::asin(std::sqrt(s));
      const double width = 0.5 * spread * std::sqrt(s / (1.0 - s));
      const double low = std::sin(std::max(0.0, angle - width));
      const double high = std::sin(std::min(0.5 * std::numbers::pi, angle + width));
      return {low * low, high * high};
    }
  }
  return {};
}

// Inverse of one failure curve y = 1 - S at p, as findq of R's quantile.survfit: the times of the smallest y that is
// at least p, once with the tolerance for p and once against it, and their mean: where they differ the curve is flat
// at p. Where it stays there to the end, the mean with the last time. The smallest y rather than the first time
// matters only for limits, which need not be monotone.
template <Weight V>
class CurveInverse {
 public:
  explicit CurveInverse(double p) : p_(p) {}

  // Lanes without events at this time stay where they are.
  void see(double time, const V& survival, const V& events) {
    final_ = events > 0.0 ? 1.0 - survival : final_;
    const auto reached = (events > 0.0) & (final_ + tolerance >= p_) & (final_ < reached_);
    reached_ = reached ? final_ : reached_;
    reached_time_ = reached ? broadcast<V>(time) : reached_time_;
    const auto passed = (events > 0.0) & (final_ - tolerance >= p_) & (final_ < passed_);
    passed_ = passed ? final_ : passed_;
    passed_time_ = passed ? broadcast<V>(time) : passed_time_;
  }

  V at(const V& last_time) const {
    if (p_ <= 0.0) return V{};
    const auto flat_to_the_end = (final_ - p_ < tolerance) & (p_ - final_ < tolerance);
    return (reached_time_ + (flat_to_the_end ? last_time : passed_time_)) / 2.0;
  }

 private:
  static constexpr double tolerance = 0x1p-26;  // sqrt of the machine epsilon

  double p_;
  V final_{};
  V reached_ = broadcast<V>(std::numeric_limits<double>::infinity()), reached_time_ = broadcast<V>(missing);
  V passed_ = broadcast<V>(std::numeric_limits<double>::infinity()), passed_time_ = broadcast<V>(missing);
};

template <Weight V>
struct MutableCurve {
  std::span<double> time;
  std::span<V> at_risk, events, survival, log_variance;
  V first_time{}, last_time{};
};

// Backwards, so that the number at risk is a sum over the patients at risk themselves: where all of them have the
// event it equals the number of events exactly, whatever the weights. Returns the first element in use.
template <Weight V>
std::size_t count_risk_sets(const SurvivalTable& table, std::span<const V> weight, MutableCurve<V>& curve) {
  std::size_t first = table.size();
  V at_risk{};
  for (std::size_t end = table.size(); end > 0;) {
    const double time = table.time[end - 1];
    V events{}, patients{};
    const V later = at_risk;
    for (; end > 0 && table.time[end - 1] == time; --end) {
      const V w = weight.empty() ? broadcast<V>(1.0) : weight[end - 1];
      at_risk += w;
      patients += w;
      if (table.event[end - 1]) events += w;
    }
    if (!any_above(patients, 0.0)) continue;  // no copy of these rows in a resample
    --first;
    curve.time[first] = time;
    curve.at_risk[first] = at_risk;
    curve.events[first] = events;
    curve.first_time = patients > 0.0 ? broadcast<V>(time) : curve.first_time;
    curve.last_time = later > 0.0 ? curve.last_time : curve.first_time;
  }
  return first;
}

}  // namespace

template <Weight V>
KaplanMeierCurve<V> kaplan_meier(const SurvivalTable& table, std::span<const std::type_identity_t<V>> weight,
                                 Arena& arena) {
  const std::size_t n = table.size();
  MutableCurve<V> curve{arena.take<double>(n), arena.take<V>(n), arena.take<V>(n), arena.take<V>(n), arena.take<V>(n)};
  const std::size_t first = count_risk_sets<V>(table, weight, curve);
  V survival = broadcast<V>(1.0), log_variance{}, n_events{};
  for (std::size_t i = first; i < n; ++i) {
    const V at_risk = curve.at_risk[i], events = curve.events[i];
    if (any_above(events, 0.0)) {
      survival *= events > 0.0 ? (at_risk - events) / at_risk : broadcast<V>(1.0);
      log_variance += events > 0.0 ? events / (at_risk * (at_risk - events)) : V{};
      n_events += events;
    }
    curve.survival[i] = survival;
    curve.log_variance[i] = log_variance;
  }
  return {curve.time.subspan(first),
          curve.at_risk.subspan(first),
          curve.events.subspan(first),
          curve.survival.subspan(first),
          curve.log_variance.subspan(first),
          curve.first_time,
          curve.last_time,
          first < n ? curve.at_risk[first] : V{},
          n_events};
}

template <Weight V>
Estimate survival_at(const KaplanMeierCurve<V>& curve, double time, SurvivalInterval interval, double confidence,
                     std::size_t k) {
  Estimate result;
  result.n = lane(curve.n, k);
  result.n_events = lane(curve.n_events, k);
  if (!(result.n > 0.0)) {
    result.status = Status::empty_group;
    return result;
  }
  if (time < lane(curve.first_time, k)) {  // 1, certain, whatever the interval
    result.estimate = result.lower = result.upper = 1.0;
    result.standard_error = 0.0;
    return result;
  }
  const auto after = std::upper_bound(curve.time.begin(), curve.time.end(), time);
  const auto i = static_cast<std::size_t>(after - curve.time.begin()) - 1;
  const double s = lane(curve.survival[i], k), log_variance = lane(curve.log_variance[i], k);
  if (time > lane(curve.last_time, k) && s > 0.0) {
    result.status = Status::not_reached;
    return result;
  }
  const Limits limit = limits(s, log_variance, interval_rule(interval, confidence));
  result.estimate = s;
  if (std::isfinite(log_variance)) result.standard_error = s * std::sqrt(log_variance);
  result.lower = limit.lower;
  result.upper = limit.upper;
  return result;
}

template <Weight V>
Estimate survival_quantile(const KaplanMeierCurve<V>& curve, double probability, SurvivalInterval interval,
                           double confidence, std::size_t k) {
  Estimate result;
  result.n = lane(curve.n, k);
  result.n_events = lane(curve.n_events, k);
  if (!(result.n > 0.0)) {
    result.status = Status::empty_group;
    return result;
  }
  const IntervalRule rule = interval_rule(interval, confidence);
  CurveInverse<double> estimate(probability), lower(probability), upper(probability);
  for (std::size_t i = 0; i < curve.time.size(); ++i) {
    const double events = lane(curve.events[i], k), s = lane(curve.survival[i], k);
    if (events == 0.0) continue;  // the three curves stay where they are
    const Limits limit = limits(s, lane(curve.log_variance[i], k), rule);
    estimate.see(curve.time[i], s, events);
    lower.see(curve.time[i], limit.lower, events);
    upper.see(curve.time[i], limit.upper, events);
  }
  const double last = lane(curve.last_time, k);
  result.estimate = estimate.at(last);
  result.lower = lower.at(last);
  result.upper = upper.at(last);
  if (std::isnan(result.estimate)) result.status = Status::not_reached;
  return result;
}

template <Weight V>
V survival_values(const KaplanMeierCurve<V>& curve, double time) {
  const auto after = std::upper_bound(curve.time.begin(), curve.time.end(), time);
  const V s = after == curve.time.begin() ? broadcast<V>(1.0) : curve.survival[after - curve.time.begin() - 1];
  const auto known = (curve.n > 0.0) & ((time <= curve.last_time) | (s == 0.0));
  return known ? s : broadcast<V>(missing);
}

template <Weight V>
V survival_variances(const KaplanMeierCurve<V>& curve, double time) {
  const auto after = std::upper_bound(curve.time.begin(), curve.time.end(), time);
  const V s = survival_values(curve, time);
  if (after == curve.time.begin()) return s - s;
  return s * s * curve.log_variance[after - curve.time.begin() - 1];
}

template <Weight V>
V quantile_values(const KaplanMeierCurve<V>& curve, double probability) {
  CurveInverse<V> inverse(probability);
  for (std::size_t i = 0; i < curve.time.size(); ++i) inverse.see(curve.time[i], curve.survival[i], curve.events[i]);
  return curve.n > 0.0 ? inverse.at(curve.last_time) : broadcast<V>(missing);
}

#define OLIGOSIM_INSTANTIATE(V)                                                                                   \
  template KaplanMeierCurve<V> kaplan_meier<V>(const SurvivalTable&, std::span<const V>, Arena&);                 \
  template Estimate survival_at(const KaplanMeierCurve<V>&, double, SurvivalInterval, double, std::size_t);       \
  template Estimate survival_quantile(const KaplanMeierCurve<V>&, double, SurvivalInterval, double, std::size_t); \
  template V survival_values(const KaplanMeierCurve<V>&, double);                                                 \
  template V survival_variances(const KaplanMeierCurve<V>&, double);                                              \
  template V quantile_values(const KaplanMeierCurve<V>&, double);
OLIGOSIM_INSTANTIATE(double)
OLIGOSIM_INSTANTIATE(Lanes)
#undef OLIGOSIM_INSTANTIATE

}  // namespace oligosim

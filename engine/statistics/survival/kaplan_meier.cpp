#include "engine/statistics/survival/kaplan_meier.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/numeric/normal.hpp"

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

constexpr double quantile_tolerance = 0x1p-26;  // sqrt of the machine epsilon

// Inverse of one failure curve y = 1 - S at p, as findq of R's quantile.survfit: the times of the smallest y that is
// at least p, once with the tolerance for p and once against it, and their mean: where they differ the curve is flat
// at p. Where it stays there to the end, the mean with the last time. The smallest y rather than the first time
// matters only for limits, which need not be monotone.
class CurveInverse {
 public:
  explicit CurveInverse(double p) : p_(p) {}

  void see(double time, double survival) {
    final_ = 1.0 - survival;
    if (final_ + quantile_tolerance >= p_ && final_ < reached_) reached_ = final_, reached_time_ = time;
    if (final_ - quantile_tolerance >= p_ && final_ < passed_) passed_ = final_, passed_time_ = time;
  }

  double at(double last_time) const {
    if (p_ <= 0.0) return 0.0;
    const bool flat_to_the_end = std::abs(final_ - p_) < quantile_tolerance;
    return (reached_time_ + (flat_to_the_end ? last_time : passed_time_)) / 2.0;
  }

 private:
  double p_;
  double final_ = 0.0;
  double reached_ = std::numeric_limits<double>::infinity(), reached_time_ = missing;
  double passed_ = std::numeric_limits<double>::infinity(), passed_time_ = missing;
};

// The same for the estimate alone in lane k, whose curve only rises, and only at events: two searches.
template <Weight V>
double quantile_value(const KaplanMeierCurve<V>& curve, double p, std::size_t k) {
  if (!(lane(curve.n, k) > 0.0)) return missing;
  if (p <= 0.0) return 0.0;
  const auto first_time = [&](double tolerance) {
    const auto before = [&](const V& survival) { return !(1.0 - lane(survival, k) + tolerance >= p); };
    const auto first = std::partition_point(curve.survival.begin(), curve.survival.end(), before);
    auto i = static_cast<std::size_t>(first - curve.survival.begin());
    while (i < curve.time.size() && lane(curve.events[i], k) == 0.0) ++i;
    return i < curve.time.size() ? curve.time[i] : missing;
  };
  const double final = 1.0 - lane(curve.survival.back(), k);
  const bool flat_to_the_end = std::abs(final - p) < quantile_tolerance;
  return (first_time(quantile_tolerance) +
          (flat_to_the_end ? lane(curve.last_time, k) : first_time(-quantile_tolerance))) /
         2.0;
}

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
  const Part<V> none{};
  std::size_t first = table.size();
  Parts<V> at_risk{}, first_time{}, last_time{};
  for (std::size_t end = table.size(); end > 0;) {
    const double time = table.time[end - 1];
    Parts<V> events{}, patients{};
    const Parts<V> later = at_risk;
    for (; end > 0 && table.time[end - 1] == time; --end) {
      const bool event = table.event[end - 1];
      for (std::size_t p = 0; p < part_count<V>; ++p) {
        const Part<V> w = weight.empty() ? broadcast<Part<V>>(1.0) : part(weight[end - 1], p);
        at_risk[p] += w;
        patients[p] += w;
        if (event) events[p] += w;
      }
    }
    bool any = false;
    for (const Part<V>& p : patients) any = any || any_above(p, 0.0);
    if (!any) continue;  // no copy of these rows in a resample
    --first;
    curve.time[first] = time;
    set_parts<V>(curve.at_risk[first], at_risk);
    set_parts<V>(curve.events[first], events);
    for (std::size_t p = 0; p < part_count<V>; ++p) {
      first_time[p] = patients[p] > none ? broadcast<Part<V>>(time) : first_time[p];
      last_time[p] = later[p] > none ? last_time[p] : first_time[p];
    }
  }
  set_parts<V>(curve.first_time, first_time);
  set_parts<V>(curve.last_time, last_time);
  return first;
}

// S(t) and, if asked for, Greenwood's sum from the risk sets on; returns the number of events.
template <Greenwood greenwood, Weight V>
V multiply_out(std::size_t first, MutableCurve<V>& curve) {
  const Part<V> none{}, one = broadcast<Part<V>>(1.0);
  V n_events;
  for (std::size_t p = 0; p < part_count<V>; ++p) {
    Part<V> survival = one, log_variance{}, sum{};
    for (std::size_t i = first; i < curve.time.size(); ++i) {
      const Part<V> events = part(curve.events[i], p);
      if (any_above(events, 0.0)) {
        const Part<V> at_risk = part(curve.at_risk[i], p), left = at_risk - events;
        survival *= events > none ? left / at_risk : one;
        if constexpr (greenwood == Greenwood::added_up)
          log_variance += events > none ? events / (at_risk * left) : none;
        sum += events;
      }
      set_part(curve.survival[i], p, survival);
      if constexpr (greenwood == Greenwood::added_up) set_part(curve.log_variance[i], p, log_variance);
    }
    set_part(n_events, p, sum);
  }
  return n_events;
}

}  // namespace

template <Weight V>
KaplanMeierCurve<V> kaplan_meier(const SurvivalTable& table, std::span<const std::type_identity_t<V>> weight,
                                 Arena& arena, Greenwood greenwood) {
  const std::size_t n = table.size();
  const bool with_variance = greenwood == Greenwood::added_up;
  MutableCurve<V> curve{arena.take<double>(n), arena.take<V>(n), arena.take<V>(n), arena.take<V>(n),
                        arena.take<V>(with_variance ? n : 0)};
  const std::size_t first = count_risk_sets<V>(table, weight, curve);
  const V n_events =
      with_variance ? multiply_out<Greenwood::added_up>(first, curve) : multiply_out<Greenwood::left_out>(first, curve);
  return {curve.time.subspan(first),
          curve.at_risk.subspan(first),
          curve.events.subspan(first),
          curve.survival.subspan(first),
          with_variance ? curve.log_variance.subspan(first) : curve.log_variance,
          curve.first_time,
          curve.last_time,
          first < n ? curve.at_risk[first] : V{},
          n_events};
}

template <Weight V>
Estimate survival_at(const KaplanMeierCurve<V>& curve, double time, SurvivalInterval interval, double confidence,
                     std::size_t k) {
  assert(curve.log_variance.size() == curve.time.size());
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
  assert(curve.log_variance.size() == curve.time.size());
  Estimate result;
  result.n = lane(curve.n, k);
  result.n_events = lane(curve.n_events, k);
  if (!(result.n > 0.0)) {
    result.status = Status::empty_group;
    return result;
  }
  const IntervalRule rule = interval_rule(interval, confidence);
  CurveInverse estimate(probability), lower(probability), upper(probability);
  for (std::size_t i = 0; i < curve.time.size(); ++i) {
    const double events = lane(curve.events[i], k), s = lane(curve.survival[i], k);
    if (events == 0.0) continue;  // the three curves stay where they are
    const Limits limit = limits(s, lane(curve.log_variance[i], k), rule);
    estimate.see(curve.time[i], s);
    lower.see(curve.time[i], limit.lower);
    upper.see(curve.time[i], limit.upper);
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
  assert(curve.log_variance.size() == curve.time.size());
  const auto after = std::upper_bound(curve.time.begin(), curve.time.end(), time);
  const V s = survival_values(curve, time);
  if (after == curve.time.begin()) return s - s;
  return s * s * curve.log_variance[after - curve.time.begin() - 1];
}

template <Weight V>
V quantile_values(const KaplanMeierCurve<V>& curve, double probability) {
  return from_lanes<V>([&](std::size_t k) { return quantile_value(curve, probability, k); });
}

#define OLIGOSIM_INSTANTIATE(V)                                                                                   \
  template KaplanMeierCurve<V> kaplan_meier<V>(const SurvivalTable&, std::span<const V>, Arena&, Greenwood);      \
  template Estimate survival_at(const KaplanMeierCurve<V>&, double, SurvivalInterval, double, std::size_t);       \
  template Estimate survival_quantile(const KaplanMeierCurve<V>&, double, SurvivalInterval, double, std::size_t); \
  template V survival_values(const KaplanMeierCurve<V>&, double);                                                 \
  template V survival_variances(const KaplanMeierCurve<V>&, double);                                              \
  template V quantile_values(const KaplanMeierCurve<V>&, double);
OLIGOSIM_INSTANTIATE(double)
OLIGOSIM_INSTANTIATE(Lanes)
#undef OLIGOSIM_INSTANTIATE

}  // namespace oligosim

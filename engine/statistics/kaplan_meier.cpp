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
  if (s == 0.0) return {};
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
class CurveInverse {
 public:
  explicit CurveInverse(double p) : p_(p) {}

  void see(double time, double survival) {
    final_ = 1.0 - survival;
    if (final_ + tolerance >= p_ && final_ < reached_) reached_ = final_, reached_time_ = time;
    if (final_ - tolerance >= p_ && final_ < passed_) passed_ = final_, passed_time_ = time;
  }

  double at(double last_time) const {
    if (p_ <= 0.0) return 0.0;
    const bool flat_to_the_end = std::abs(final_ - p_) < tolerance;
    return (reached_time_ + (flat_to_the_end ? last_time : passed_time_)) / 2.0;
  }

 private:
  static constexpr double tolerance = 0x1p-26;  // sqrt of the machine epsilon

  double p_;
  double final_ = 0.0;
  double reached_ = std::numeric_limits<double>::infinity(), reached_time_ = missing;
  double passed_ = std::numeric_limits<double>::infinity(), passed_time_ = missing;
};

struct MutableCurve {
  std::span<double> time, at_risk, events, survival, log_variance;
};

// Backwards, so that the number at risk is a sum over the patients at risk themselves: where all of them have the
// event it equals the number of events exactly, whatever the weights. Returns the first element in use.
std::size_t count_risk_sets(const SurvivalTable& table, std::span<const double> weight, MutableCurve& curve) {
  std::size_t first = table.size();
  double at_risk = 0.0;
  for (std::size_t end = table.size(); end > 0;) {
    const double time = table.time[end - 1];
    double events = 0.0, patients = 0.0;
    for (; end > 0 && table.time[end - 1] == time; --end) {
      const double w = weight.empty() ? 1.0 : weight[end - 1];
      at_risk += w;
      patients += w;
      if (table.event[end - 1]) events += w;
    }
    if (patients == 0.0) continue;  // no copy of these rows in a resample
    --first;
    curve.time[first] = time;
    curve.at_risk[first] = at_risk;
    curve.events[first] = events;
  }
  return first;
}

}  // namespace

KaplanMeierCurve kaplan_meier(const SurvivalTable& table, std::span<const double> weight, Arena& arena) {
  const std::size_t n = table.size();
  MutableCurve curve{arena.take<double>(n), arena.take<double>(n), arena.take<double>(n), arena.take<double>(n),
                     arena.take<double>(n)};
  const std::size_t first = count_risk_sets(table, weight, curve);
  double survival = 1.0, log_variance = 0.0, n_events = 0.0;
  for (std::size_t i = first; i < n; ++i) {
    const double at_risk = curve.at_risk[i], events = curve.events[i];
    if (events > 0.0) {
      survival *= (at_risk - events) / at_risk;
      log_variance += events / (at_risk * (at_risk - events));
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
          first < n ? curve.at_risk[first] : 0.0,
          n_events};
}

Estimate survival_at(const KaplanMeierCurve& curve, double time, SurvivalInterval interval, double confidence) {
  Estimate result;
  result.n = curve.n;
  result.n_events = curve.n_events;
  if (curve.time.empty()) {
    result.status = Status::empty_group;
    return result;
  }
  const auto after = std::upper_bound(curve.time.begin(), curve.time.end(), time);
  if (after == curve.time.begin()) {  // before the first time: 1, certain, whatever the interval
    result.estimate = result.lower = result.upper = 1.0;
    result.standard_error = 0.0;
    return result;
  }
  const auto i = static_cast<std::size_t>(after - curve.time.begin()) - 1;
  const double s = curve.survival[i];
  if (time > curve.time.back() && s > 0.0) {
    result.status = Status::not_reached;
    return result;
  }
  const Limits limit = limits(s, curve.log_variance[i], interval_rule(interval, confidence));
  result.estimate = s;
  if (s > 0.0) result.standard_error = s * std::sqrt(curve.log_variance[i]);
  result.lower = limit.lower;
  result.upper = limit.upper;
  return result;
}

Estimate survival_quantile(const KaplanMeierCurve& curve, double probability, SurvivalInterval interval,
                           double confidence) {
  Estimate result;
  result.n = curve.n;
  result.n_events = curve.n_events;
  if (curve.time.empty()) {
    result.status = Status::empty_group;
    return result;
  }
  const IntervalRule rule = interval_rule(interval, confidence);
  CurveInverse estimate(probability), lower(probability), upper(probability);
  for (std::size_t i = 0; i < curve.time.size(); ++i) {
    if (curve.events[i] == 0.0) continue;  // the three curves stay where they are
    const Limits limit = limits(curve.survival[i], curve.log_variance[i], rule);
    estimate.see(curve.time[i], curve.survival[i]);
    lower.see(curve.time[i], limit.lower);
    upper.see(curve.time[i], limit.upper);
  }
  const double last = curve.time.back();
  result.estimate = estimate.at(last);
  result.lower = lower.at(last);
  result.upper = upper.at(last);
  if (std::isnan(result.estimate)) result.status = Status::not_reached;
  return result;
}

}  // namespace oligosim

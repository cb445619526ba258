#include "engine/statistics/survival/milestone.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/contrast.hpp"

namespace oligosim {

namespace {

// Events up to the time, not of the whole curve.
template <Weight V>
Estimate milestone(const KaplanMeierCurve<V>& curve, double time, double confidence, std::size_t k) {
  Estimate e = survival_at(curve, time, SurvivalInterval::plain, confidence, k);
  e.n_events = 0.0;
  for (std::size_t i = 0; i < curve.time.size() && curve.time[i] <= time; ++i) e.n_events += lane(curve.events[i], k);
  if (e.estimate == 0.0) e.standard_error = 0.0;
  return e;
}

// Survival of both groups at the time, and their contrast before its value.
struct Milestones {
  Estimate reference, later, contrast;
};
template <Weight V>
Milestones milestones(const KaplanMeierCurve<V>& reference, const KaplanMeierCurve<V>& later, double time,
                      double confidence, std::size_t k) {
  const Estimate first = milestone(reference, time, confidence, k), second = milestone(later, time, confidence, k);
  return {first, second, contrast_of(first, second)};
}

// Of log(-log S), by the delta method.
double log_log_variance(const Estimate& s) {
  const double relative = s.standard_error / (s.estimate * std::log(s.estimate));
  return relative * relative;
}

// NaN where a curve is at 0 or 1.
double log_log_statistic(const Estimate& reference, const Estimate& later) {
  for (const Estimate& s : {reference, later})
    if (!(s.estimate > 0.0 && s.estimate < 1.0)) return missing;
  const double gain = std::log(std::log(reference.estimate) / std::log(later.estimate));
  return gain / std::sqrt(log_log_variance(reference) + log_log_variance(later));
}

}  // namespace

template <Weight V>
Estimate survival_difference(const KaplanMeierCurve<V>& reference, const KaplanMeierCurve<V>& later, double time,
                             MilestoneTest test, double confidence, std::size_t k) {
  auto [first, second, e] = milestones(reference, later, time, confidence, k);
  if (e.status != Status::ok) return e;
  e.estimate = second.estimate - first.estimate;
  e.standard_error =
      std::sqrt(first.standard_error * first.standard_error + second.standard_error * second.standard_error);
  set_wald_interval(e, confidence);
  const bool plain = test == MilestoneTest::plain;
  set_normal_test(e, plain ? e.estimate / e.standard_error : log_log_statistic(first, second));
  return e;
}

template <Weight V>
Estimate survival_odds_ratio(const KaplanMeierCurve<V>& reference, const KaplanMeierCurve<V>& later, double time,
                             double null, double confidence, std::size_t k) {
  auto [first, second, e] = milestones(reference, later, time, confidence, k);
  if (e.status != Status::ok) return e;
  const double p = first.estimate, q = second.estimate;
  if (!(p > 0.0 && p < 1.0 && q > 0.0 && q < 1.0)) {
    e.status = e.n_events > 0.0 ? Status::separation : Status::no_events;
    return e;
  }
  e.estimate = std::log(q / (1.0 - q)) - std::log(p / (1.0 - p));
  e.standard_error = std::hypot(first.standard_error / (p * (1.0 - p)), second.standard_error / (q * (1.0 - q)));
  set_wald_interval(e, confidence);
  set_normal_test(e, (e.estimate - std::log(null)) / e.standard_error);
  for (double* x : {&e.estimate, &e.lower, &e.upper}) *x = std::exp(*x);
  return e;
}

template Estimate survival_difference(const KaplanMeierCurve<double>&, const KaplanMeierCurve<double>&, double,
                                      MilestoneTest, double, std::size_t);
template Estimate survival_difference(const KaplanMeierCurve<Lanes>&, const KaplanMeierCurve<Lanes>&, double,
                                      MilestoneTest, double, std::size_t);
template Estimate survival_odds_ratio(const KaplanMeierCurve<double>&, const KaplanMeierCurve<double>&, double, double,
                                      double, std::size_t);
template Estimate survival_odds_ratio(const KaplanMeierCurve<Lanes>&, const KaplanMeierCurve<Lanes>&, double, double,
                                      double, std::size_t);

}  // namespace oligosim

#include "engine/statistics/milestone.hpp"

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
  const Estimate first = milestone(reference, time, confidence, k), second = milestone(later, time, confidence, k);
  Estimate e = contrast_of(first, second);
  if (e.status != Status::ok) return e;
  e.estimate = second.estimate - first.estimate;
  e.standard_error =
      std::sqrt(first.standard_error * first.standard_error + second.standard_error * second.standard_error);
  set_wald_interval(e, confidence);
  const bool plain = test == MilestoneTest::plain;
  set_normal_test(e, plain ? e.estimate / e.standard_error : log_log_statistic(first, second));
  return e;
}

template Estimate survival_difference(const KaplanMeierCurve<double>&, const KaplanMeierCurve<double>&, double,
                                      MilestoneTest, double, std::size_t);
template Estimate survival_difference(const KaplanMeierCurve<Lanes>&, const KaplanMeierCurve<Lanes>&, double,
                                      MilestoneTest, double, std::size_t);

}  // namespace oligosim

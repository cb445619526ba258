#include "engine/statistics/contrast.hpp"

#include <cmath>

#include "engine/numeric/normal.hpp"

namespace oligosim {

void set_wald_interval(Estimate& e, double confidence) {
  const double half = normal_quantile(0.5 + confidence / 2.0) * e.standard_error;
  e.lower = e.estimate - half;
  e.upper = e.estimate + half;
}

void set_normal_test(Estimate& e, double z) {
  if (!std::isfinite(z)) {
    e.status = e.n_events > 0.0 ? Status::singular : Status::no_events;
    return;
  }
  e.statistic = e.signed_statistic = z;
  e.p_value = 2.0 * normal_cdf(-std::abs(z));
}

void test_against(Estimate& e, double null) {
  if (null != 0.0 && e.status == Status::ok) set_normal_test(e, (e.estimate - null) / e.standard_error);
}

Estimate contrast_of(const Estimate& reference, const Estimate& later) {
  Estimate e;
  e.n = reference.n + later.n;
  e.n_events = reference.n_events + later.n_events;
  const bool empty = reference.status == Status::empty_group || later.status == Status::empty_group;
  e.status = empty ? Status::empty_group : reference.status != Status::ok ? reference.status : later.status;
  return e;
}

}  // namespace oligosim

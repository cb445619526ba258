#pragma once

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// The logarithm of a ratio of hazards, without limits yet; of a fit that is not `ok`, only its status.
inline Estimate log_hazard_ratio(double coefficient, double n, double n_events, Status status) {
  Estimate e;
  e.n = n;
  e.n_events = n_events;
  e.status = status;
  if (status == Status::ok) e.estimate = coefficient;
  return e;
}

/// Wald's limits, and test against a null hypothesis. A lower hazard has a positive signed statistic.
inline void add_wald(Estimate& e, double standard_error, double z, double null = 0) {
  if (e.status != Status::ok) return;
  e.standard_error = standard_error;
  e.lower = e.estimate - z * standard_error;
  e.upper = e.estimate + z * standard_error;
  e.statistic = (e.estimate - null) / standard_error;
  e.signed_statistic = -e.statistic;
  e.p_value = 2 * normal_cdf(-std::abs(e.statistic));
}

/// Wald's test that the ratio lies between 1 / limit and limit (two one-sided tests, Schuirmann 1987): the signed
/// statistic is the smaller of theirs, positive where the estimate lies between. `log_limit` above 0.
inline void test_equivalence(Estimate& e, double log_limit) {
  if (e.status != Status::ok) return;
  e.signed_statistic = (log_limit - std::abs(e.estimate)) / e.standard_error;
  e.statistic = -e.signed_statistic;
  e.p_value = std::min(1.0, 2 * normal_cdf(-e.signed_statistic));
}

/// A chi-square test of no effect. Of one degree of freedom it has a side: `direction` has the sign of the log hazard
/// ratio.
inline void add_chi_square_test(Estimate& e, double statistic, double df, double direction) {
  e.statistic = statistic;
  e.df = df;
  e.p_value = chi_square_upper_tail(statistic, df);
  if (df == 1) e.signed_statistic = std::copysign(std::sqrt(statistic), -direction);
}

/// The standard error stays that of the logarithm.
inline Estimate as_ratio(Estimate e) {
  for (double* x : {&e.estimate, &e.lower, &e.upper}) *x = std::exp(*x);
  return e;
}

}  // namespace oligosim

#pragma once

#include <span>

#include "engine/statistics/cox/cox.hpp"

namespace oligosim {

/// Interval of a log hazard ratio. A limit is infinite where the likelihood keeps rising on that side.
struct CoxInterval {
  double lower = missing;
  double upper = missing;
  double statistic = missing;  // of coefficient = 0, chi-square with 1 df
  Status status = Status::ok;
};

/// Profile-likelihood interval of each coefficient (Venzon and Moolgavkar 1988): where twice the (penalized) log
/// likelihood, maximized over the other coefficients, is below its maximum by the chi-square quantile. Under
/// separation the limit on the other side is finite. Firth's penalty may make several tops over the other coefficients
/// (in about 1 of 10 000 tiny data sets the highest is another): it is the one that leads on from the estimate.
/// `statistic`: likelihood ratio test of the one coefficient.
/// `fit` is cox() of the same arguments; where it has neither a maximum nor separation its status is passed on.
/// `intervals`: one a coefficient.
void cox_profile_intervals(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
                           const CoxOptions& options, const CoxFit& fit, double confidence,
                           std::span<CoxInterval> intervals, Arena& arena);

/// Interval of a single coefficient by inverting the score test (Cox and Hinkley 1974), its limits the nearest to the
/// estimate: score^2 / information = chi-square quantile. `statistic`: the score test. Of the likelihood without
/// penalty. `fit` as above.
CoxInterval cox_score_interval(const SurvivalTable& table, const CoxCovariates& covariates,
                               std::span<const double> weight, const CoxOptions& options, const CoxFit& fit,
                               double confidence, Arena& arena);

}  // namespace oligosim

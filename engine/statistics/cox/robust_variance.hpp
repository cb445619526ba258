#pragma once

#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/clusters.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// One row a patient in table order, row-major, `columns` each.
struct CoxResiduals {
  std::span<double> values;  // NaN where status is not ok; a row of weight 0 has zeros
  std::size_t columns = 0;
  Status status = Status::ok;
};

/// Score residuals at `coefficient` (any, not only the fitted one), as residuals(coxph, type = "score") of R survival:
/// what each patient adds to the score, per unit of weight, as a martingale (Barlow and Prentice 1988; Efron's ties
/// share the dead of a time among its d risk sets). Weighted, they sum to the score. Integer weights are rows written
/// out. With `start` a residual is of the row; one that is never at risk has zeros. Status: `no_events`;
/// `did_not_converge` where a coefficient is not finite or the risks overflow.
CoxResiduals score_residuals(const SurvivalTable& table, const CoxCovariates& covariates,
                             std::span<const double> coefficient, std::span<const double> weight, Ties ties,
                             Arena& arena);

/// Score residuals times `variance` (columns x columns, the inverse information at the same coefficients): how much the
/// coefficients change, to first order, per unit of the patient's weight; residuals(coxph, type = "dfbeta").
CoxResiduals dfbeta(const CoxResiduals& score, std::span<const double> variance, Arena& arena);

struct RobustVariance {
  std::span<double> variance;  // columns x columns; NaN where status is not ok
  std::span<double> standard_error;
  double wald_test = missing;   // chi-square with `columns` df; NaN where the variance is singular
  double score_test = missing;  // the same at beta = 0, as the robust score test of summary.coxph
  Status status = Status::ok;
};

/// Sandwich variance of Cox coefficients (Lin and Wei 1989), as coxph(..., cluster = id) or robust = TRUE: the cross
/// products of dfbeta summed over clusters, no factor for few clusters. `coefficient` and `variance` are those of the
/// fit. Rows (start, time] of a patient are a cluster. Status as score_residuals; `singular` where the sums over
/// clusters vanish: a single cluster.
RobustVariance robust_variance(const SurvivalTable& table, const CoxCovariates& covariates,
                               std::span<const double> coefficient, std::span<const double> variance,
                               std::span<const double> weight, const Clusters& clusters, Ties ties, Arena& arena);

}  // namespace oligosim

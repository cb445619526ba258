#pragma once

#include <cstdint>
#include <span>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/cox/robust_variance.hpp"

namespace oligosim {

enum class HazardRatioInterval { wald, robust, profile, score };

/// The data of a fit: a sorted table, its covariates, and whose rows they are.
struct CoxData {
  SurvivalTable table;
  CoxCovariates covariates;
  Clusters clusters;
  std::span<const std::uint32_t> rows;  // of the data set
};

/// Limits of a fit's log hazard ratios, and their tests against `null`.
struct CoxLimits {
  const CoxOptions& options;  // of the fit
  double confidence;
  double null;
  bool searched;  // those that take a search; without, their rows have standard errors alone

  /// To `logs`, one a column, which hold the coefficients. A score interval is of a single column.
  /// `robust`: of the fit, where the kind is that.
  void add(HazardRatioInterval kind, const CoxData& own, const CoxFit& fit, const RobustVariance& robust,
           std::span<Estimate> logs, Arena& arena) const;
};

}  // namespace oligosim

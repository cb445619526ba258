#pragma once

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/estimable.hpp"

namespace oligosim {

/// A Cox model without the columns that are combinations of others.
struct EstimableModel {
  CoxCovariates covariates;
  EstimableColumns columns;  // of the whole model
};

/// By the information at 0 that cox() looks at, for a model whose status is `singular`. `options` but `initial` have a
/// part.
EstimableModel estimable_model(const SurvivalTable& table, const CoxCovariates& covariates,
                               std::span<const double> weight, const CoxOptions& options, Arena& arena);

/// cox(), and where that is `singular`, or a `separation` that leaves others their limits (limit_rows.hpp), the
/// coefficients, with their errors, of the model that is left; NaN for the others.
CoxFit cox_of_estimable(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
                        const CoxOptions& options, Arena& arena);

}  // namespace oligosim

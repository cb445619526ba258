#pragma once

#include <optional>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/cox/limit_rows.hpp"
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

/// A Cox model whose likelihood has no finite maximum, without the rows and columns that go on the way there
/// (limit_rows.hpp): what is left to estimate, down to no column at all.
struct CoxAtLimit {
  LimitRows rows;
  EstimableColumns columns;  // of the whole model
  CoxFit fit;                // `ok`
};

/// For a fit whose status is `separation`; nothing where what is left of it has no maximum either, as where the rows
/// that leave differ from risk set to risk set. `options` but `initial` have a part.
std::optional<CoxAtLimit> cox_at_limit(const SurvivalTable& table, const CoxCovariates& covariates,
                                       std::span<const double> weight, const CoxFit& fit, const CoxOptions& options,
                                       Arena& arena);

/// cox(), and where that is `singular`, or a `separation` that leaves others their limits, the
/// coefficients, with their errors, of the model that is left; NaN for the others.
CoxFit cox_of_estimable(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
                        const CoxOptions& options, Arena& arena);

}  // namespace oligosim

#pragma once

#include <optional>

#include "engine/statistics/case_weights.hpp"
#include "engine/statistics/cox/estimable_model.hpp"
#include "models/analysis/methods/cox_limits.hpp"
#include "models/analysis/methods/model_terms.hpp"

namespace oligosim {

/// What a plan's Cox regression is of, by positions in PlanParts; `cluster` a column.
struct CoxInput {
  std::size_t endpoint, population;
  ModelTerms terms;
  std::optional<std::size_t> strata, cluster;

  /// The rows whose covariates, strata and cluster are known. A patient whose time-dependent term turns to 1 within the
  /// follow-up has two.
  CoxData data(PlanData& data, Arena& arena) const;

 private:
  CoxData switched(const SurvivalTable& table, PlanData& data, Arena& arena) const;
  void fill(CoxData& own, std::span<const std::uint32_t> rows, std::span<const double> switched, PlanData& data,
            Arena& arena) const;
};

/// The fit to what is left where columns are combinations of others.
struct FittedCox {
  CoxData own;
  CoxFit fit;
  EstimableColumns columns;  // of the terms
  /// Where the fit is a `separation`, such as by a level that has no events: to what is left without its rows.
  struct Limit {
    CoxData own;
    CoxFit fit;
    EstimableColumns columns;  // of those of the fit above
  };
  std::optional<Limit> limit;
};

FittedCox fitted(const CoxInput& input, const CoxOptions& options, PlanData& data, Arena& arena);

/// The fit to a lane of weights of the data's rows, in which a column is a combination of others or a level has no
/// events.
CoxFit estimable_part(const CoxData& own, const CaseWeights& weights, std::size_t lane, const CoxOptions& options,
                      Arena& arena);

}  // namespace oligosim

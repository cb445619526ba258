#include "engine/statistics/cox/estimable_model.hpp"

#include "engine/statistics/cox/cox_likelihood.hpp"
#include "engine/statistics/cox/cox_maximum.hpp"

namespace oligosim {

EstimableModel estimable_model(const SurvivalTable& table, const CoxCovariates& covariates,
                               std::span<const double> weight, const CoxOptions& options, Arena& arena) {
  const std::size_t columns = covariates.columns;
  EstimableModel model{covariates, {}};
  double events = 0.0;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table.event[i] && holds_time(table, covariates, i)) events += weight.empty() ? 1.0 : weight[i];
  with_partial_likelihood(table, covariates, weight, options.ties, arena, [&](const auto& likelihood) {
    CoxDerivatives<double> at{0.0, arena.take<double>(columns), arena.take<double>(columns * columns)};
    likelihood.evaluate(arena.take<double>(columns, 0.0), at);
    model.columns = estimable_columns(at.information, columns, smallest_pivot(at.information, columns, events), arena);
  });
  model.covariates.columns = model.columns.kept.size();
  model.covariates.values = columns_kept(covariates.values, model.columns, arena);
  return model;
}

std::optional<CoxAtLimit> cox_at_limit(const SurvivalTable& table, const CoxCovariates& covariates,
                                       std::span<const double> weight, const CoxFit& fit, const CoxOptions& options,
                                       Arena& arena) {
  CoxOptions from_zero = options;
  from_zero.initial = {};
  CoxAtLimit left{{table, {}, covariates}, {}, fit};
  LimitRows& own = left.rows;
  while (left.fit.status == Status::separation) {
    const auto next = limit_rows(own.table, own.covariates, weight, left.fit.direction, arena);
    if (!next) return {};
    const std::span<const std::uint32_t> whole = own.position;
    own = *next;
    weight = of_rows_left(weight, next->position, arena);
    if (!whole.empty()) own.position = of_rows_left(whole, next->position, arena);
    left.fit = cox(own.table, own.covariates, weight, from_zero, arena);
    if (left.fit.status != Status::singular) continue;
    const EstimableModel model = estimable_model(own.table, own.covariates, weight, options, arena);
    own.covariates = model.covariates;
    left.columns = left.columns.without(model.columns, arena);
    left.fit = cox(own.table, own.covariates, weight, from_zero, arena);
  }
  if (left.fit.status != Status::ok) return {};
  return left;
}

CoxFit cox_of_estimable(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
                        const CoxOptions& options, Arena& arena) {
  CoxFit whole = cox(table, covariates, weight, options, arena);
  if (covariates.columns < 2) return whole;
  CoxOptions from_zero = options;
  from_zero.initial = {};
  EstimableModel model{covariates, {}};
  CoxFit fit = whole;
  if (whole.status == Status::singular) {
    model = estimable_model(table, covariates, weight, options, arena);
    if (model.columns.all() || model.columns.kept.empty()) return whole;
    fit = cox(table, model.covariates, weight, from_zero, arena);
  }
  if (fit.status == Status::separation) {
    if (const auto left = cox_at_limit(table, model.covariates, weight, fit, options, arena)) {
      model.columns = model.columns.without(left->columns, arena);
      fit = left->fit;
    }
  }
  whole.status = fit.status;
  for (std::size_t j = 0; j < covariates.columns; ++j) {
    const std::optional<std::size_t> place = model.columns.place(j);
    if (!place) continue;
    whole.coefficient[j] = fit.coefficient[*place];
    whole.standard_error[j] = fit.standard_error[*place];
  }
  return whole;
}

}  // namespace oligosim

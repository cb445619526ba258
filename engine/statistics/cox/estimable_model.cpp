#include "engine/statistics/cox/estimable_model.hpp"

#include "engine/statistics/cox/cox_likelihood.hpp"
#include "engine/statistics/cox/cox_maximum.hpp"
#include "engine/statistics/cox/limit_rows.hpp"

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

CoxFit cox_of_estimable(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
                        const CoxOptions& options, Arena& arena) {
  CoxFit whole = cox(table, covariates, weight, options, arena);
  if (covariates.columns < 2) return whole;
  CoxOptions from_zero = options;
  from_zero.initial = {};
  const auto take = [&](const CoxFit& left, const EstimableColumns& columns) {
    whole.status = left.status;
    for (std::size_t j = 0; j < covariates.columns; ++j) {
      const std::optional<std::size_t> place = columns.place(j);
      if (!place) continue;
      whole.coefficient[j] = left.coefficient[*place];
      whole.standard_error[j] = left.standard_error[*place];
    }
  };
  if (whole.status == Status::singular) {
    const EstimableModel model = estimable_model(table, covariates, weight, options, arena);
    if (!model.columns.all() && !model.columns.kept.empty())
      take(cox_of_estimable(table, model.covariates, weight, from_zero, arena), model.columns);
  } else if (whole.status == Status::separation) {
    if (const auto left = limit_rows(table, covariates, weight, whole.direction, arena))
      take(cox_of_estimable(left->table, left->covariates, of_rows_left(weight, left->position, arena), from_zero,
                            arena),
           {});
  }
  return whole;
}

}  // namespace oligosim

#include "models/analysis/methods/cox_input.hpp"

#include "engine/statistics/survival/counting_process.hpp"
#include "models/analysis/dates.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {

CoxData CoxInput::data(PlanData& data, Arena& arena) const {
  const SurvivalTable all = with_known_cluster(data.table(endpoint, population), data, cluster, arena);
  const SurvivalTable table = terms.complete(all, data, strata, arena);
  if (terms.switch_column()) return switched(table, data, arena);
  CoxData own{table, {}, {}, {}};
  fill(own, table.row, {}, data, arena);
  if (const std::span<const double> starts = data.start_times(endpoint); !starts.empty())
    own.covariates.start = in_table_order<double>(table, starts, arena);
  return own;
}

CoxData CoxInput::switched(const SurvivalTable& table, PlanData& data, Arena& arena) const {
  const std::size_t patients = table.size(), column = *terms.switch_column();
  const std::span<double> days = times_and_dates(table, endpoint, {&column, 1}, data, arena);
  const std::span<double> time = days.first(patients), known_from = days.last(patients);
  const SwitchedRows split = split_at_switch(time, table.event, known_from, arena);
  CoxData own{sort_survival(split.stop, split.event, arena), {}, {}, {}};
  const std::span<std::uint32_t> rows = arena.take<std::uint32_t>(own.table.size());
  const std::span<double> after = arena.take<double>(own.table.size());
  const std::span<double> start = arena.take<double>(own.table.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t piece = own.table.row[i];
    rows[i] = table.row[split.patient[piece]];
    after[i] = split.switched[piece];
    start[i] = split.start[piece];
  }
  fill(own, rows, after, data, arena);
  own.covariates.start = start;
  if (!cluster) own.clusters = {in_table_order<std::uint32_t>(own.table, split.patient, arena), table.size()};
  return own;
}

/// `rows`: of the data set, one a row of the table.
void CoxInput::fill(CoxData& own, std::span<const std::uint32_t> rows, std::span<const double> switched, PlanData& data,
                    Arena& arena) const {
  own.rows = rows;
  own.covariates = terms.covariates(rows, switched, strata, data, arena);
  if (cluster) own.clusters = clusters_of(rows, data, *cluster, arena);
}

namespace {

std::optional<FittedCox::Limit> at_the_limit(const CoxData& own, const CoxFit& fit, const CoxOptions& options,
                                             Arena& arena) {
  const auto left = cox_at_limit(own.table, own.covariates, {}, fit, options, arena);
  if (!left) return {};
  const LimitRows& rows = left->rows;
  const Clusters clusters{of_rows_left(own.clusters.code, rows.position, arena), own.clusters.count};
  return FittedCox::Limit{
      {rows.table, rows.covariates, clusters, of_rows_left(own.rows, rows.position, arena)}, left->fit, left->columns};
}

}  // namespace

FittedCox fitted(const CoxInput& input, const CoxOptions& options, PlanData& data, Arena& arena) {
  FittedCox model{input.data(data, arena), {}, {}, {}};
  CoxData& own = model.own;
  model.fit = cox(own.table, own.covariates, {}, options, arena);
  if (model.fit.status == Status::singular && own.covariates.columns > 1) {
    const EstimableModel left = estimable_model(own.table, own.covariates, {}, options, arena);
    if (left.columns.kept.empty()) return model;
    own.covariates = left.covariates;
    model.columns = left.columns;
    model.fit = cox(own.table, own.covariates, {}, options, arena);
  }
  if (model.fit.status == Status::separation) model.limit = at_the_limit(own, model.fit, options, arena);
  return model;
}

CoxFit estimable_part(const CoxData& own, const CaseWeights& weights, std::size_t lane, const CoxOptions& options,
                      Arena& arena) {
  const std::span<const Lanes> all = weights.numbers_of(own.rows, arena);
  const std::span<double> weight = arena.take<double>(all.size());
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = all[i][lane];
  return cox_of_estimable(own.table, own.covariates, weight, options, arena);
}

}  // namespace oligosim

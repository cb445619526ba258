#include "engine/statistics/switching/switching_weights.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/cox/estimable_model.hpp"
#include "engine/statistics/survival/near_ties.hpp"

namespace oligosim {
namespace {

/// Efron's hazard at each time with an event: of d at once the k-th finds the others and what is left of them. Risks
/// are added up from the last patient on: those of the first may be many times larger.
StepHazard efron_hazard(const SurvivalTable& table, std::span<const double> risk, Arena& arena) {
  const std::size_t n = table.size();
  const std::span<double> time = arena.take<double>(n), hazard = arena.take<double>(n);
  const std::span<double> at_risk = arena.take<double>(n + 1, 0.0);
  for (std::size_t i = n; i > 0; --i) at_risk[i - 1] = at_risk[i] + risk[i - 1];
  std::size_t steps = 0;
  for (std::size_t i = 0; i < n;) {
    const std::size_t first = i;
    double of_events = 0;
    int events = 0;
    for (; i < n && table.time[i] == table.time[first]; ++i)
      if (table.event[i]) of_events += risk[i], ++events;
    if (events == 0) continue;
    double sum = steps == 0 ? 0 : hazard[steps - 1];
    for (int k = 0; k < events; ++k) sum += 1 / (at_risk[first] - of_events * k / events);
    time[steps] = table.time[first], hazard[steps++] = sum;
  }
  return {time.first(steps), hazard.first(steps)};
}

struct Changes {
  StepHazard hazard;
  Status status = Status::ok;
};

/// Of the patients of a table in the order of its rows; sets their relative risks.
Changes model_of_changes(const ChangingPatients& patients, const SurvivalTable& table, std::span<double> risk,
                         Arena& arena) {
  const std::size_t n = table.size(), all = patients.time.size();
  const std::span<double> own = arena.take<double>(n, 1.0);
  if (patients.columns > 0) {
    const std::span<double> values = arena.take<double>(n * patients.columns);
    for (std::size_t j = 0; j < patients.columns; ++j)
      for (std::size_t i = 0; i < n; ++i) values[j * n + i] = patients.covariates[j * all + table.row[i]];
    CoxCovariates covariates{.values = values, .columns = patients.columns, .stratum = {}, .strata = 1, .start = {}};
    const CoxOptions options{.ties = Ties::efron, .initial = {}};
    CoxFit fit = cox(table, covariates, {}, options, arena);
    if (fit.status == Status::singular) {  // as R does: without columns that tell nobody at risk apart
      covariates.columns = patients.columns == 1 ? 0 : covariates.columns;
      if (patients.columns > 1) covariates = estimable_model(table, covariates, {}, options, arena).covariates;
      if (covariates.columns > 0) fit = cox(table, covariates, {}, options, arena);
    }
    if (covariates.columns > 0 && fit.status != Status::ok) return {{}, fit.status};
    std::ranges::fill(own, 0);
    for (std::size_t j = 0; j < covariates.columns; ++j)
      for (std::size_t i = 0; i < n; ++i) own[i] += fit.coefficient[j] * covariates.values[j * n + i];
    const double largest = n == 0 ? 0 : std::ranges::max(own);  // relative to it none is too large
    for (double& linear : own) linear = std::exp(linear - largest);
  }
  for (std::size_t i = 0; i < n; ++i) risk[table.row[i]] = own[i];
  return {efron_hazard(table, own, arena), Status::ok};
}

}  // namespace

double StepHazard::before(double t) const {
  const auto next = std::ranges::lower_bound(time, t);
  return next == time.begin() ? 0 : hazard[static_cast<std::size_t>(next - time.begin()) - 1];
}

SwitchingWeights switching_weights(const ChangingPatients& patients, Arena& arena) {
  const std::size_t n = patients.time.size();
  const std::span<double> risk = arena.take<double>(n, 1.0);
  SwitchingWeights weights{.changes = {}, .marginal = {}, .risk = risk};
  const std::span<double> since = arena.take<double>(n), time = arena.take<double>(n);
  for (std::uint8_t g = 0; g < 2; ++g) {
    bool changes = false, stays = false;
    for (std::size_t i = 0; i < n; ++i) {
      const bool own = patients.group[i] == g, eligible = own && patients.eligible[i] <= patients.time[i];
      since[i] = eligible ? patients.time[i] - patients.eligible[i] : missing;
      time[i] = own ? patients.time[i] : missing;
      changes |= eligible && patients.changed[i];
      stays |= own && patients.eligible[i] < patients.time[i];
    }
    if (!changes) continue;
    if (patients.near_ties) join_near_ties(since, arena);
    const SurvivalTable of_eligible = sort_survival(since, patients.changed, arena);
    const Changes model = model_of_changes(patients, of_eligible, risk, arena);
    weights.changes[g] = model.hazard;
    if (model.status != Status::ok) weights.status = model.status;
    if (!stays) weights.status = Status::separation;
    const SurvivalTable of_all = sort_survival(time, patients.changed, arena);
    weights.marginal[g] = efron_hazard(of_all, arena.take<double>(of_all.size(), 1.0), arena);
  }
  return weights;
}

}  // namespace oligosim

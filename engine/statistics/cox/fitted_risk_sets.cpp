#include "engine/statistics/cox/fitted_risk_sets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/cox/cox_likelihood.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

FittedRiskSets::FittedRiskSets(const SurvivalTable& table, const CoxCovariates& covariates,
                               std::span<const double> coefficient, std::span<const double> weight, bool second_moments,
                               Arena& arena)
    : table_(table),
      columns_(covariates.columns),
      patients_(arena.take<Patient>(table.size())),
      x_(arena.take<double>(table.size() * columns_)),
      unit_(arena.take<double>(columns_, 1.0)) {
  const std::size_t squares = second_moments ? columns_ * columns_ : 0;
  at_risk_ = {0.0, arena.take<double>(columns_), arena.take<double>(squares)};
  dying_ = {0.0, arena.take<double>(columns_), arena.take<double>(squares)};
  const StratumOrder order = order_by_stratum(table.size(), covariates.stratum, covariates.strata, arena);
  end_ = arena.take<std::uint32_t>(order.end.size());
  std::size_t n = 0, p = 0;
  for (std::size_t s = 0; s < order.end.size(); ++s) {
    for (; p < order.end[s]; ++p) {
      const std::uint32_t i = order.position[p];
      const double w = weight.empty() ? 1.0 : weight[i];
      if (w == 0.0 || !holds_time(table, covariates, i)) continue;
      patients_[n] = {i, w, 1.0,
                      covariates.start.empty() ? -std::numeric_limits<double>::infinity() : covariates.start[i]};
      for (std::size_t j = 0; j < columns_; ++j) x_[n * columns_ + j] = covariates.values[j * table.size() + i];
      ++n;
    }
    end_[s] = static_cast<std::uint32_t>(n);
  }
  patients_ = patients_.first(n);
  standardize();
  for (std::size_t i = 0; i < n; ++i) {
    double predictor = 0.0;
    for (std::size_t j = 0; j < columns_; ++j) predictor += x(i)[j] * unit_[j] * coefficient[j];
    patients_[i].risk = std::exp(predictor);
  }
  if (covariates.start.empty()) return;
  const std::span<double> start = arena.take<double>(n);
  for (std::size_t i = 0; i < n; ++i) start[i] = patients_[i].start;
  by_start_ = order_by_start(start, end_, arena);
}

void FittedRiskSets::standardize() {
  for (std::size_t j = 0; j < columns_; ++j) {
    double sum = 0.0, weights = 0.0, deviation = 0.0;
    bool constant = true;
    for (std::size_t i = 0; i < patients_.size(); ++i) {
      sum += patients_[i].weight * x(i)[j];
      weights += patients_[i].weight;
      constant = constant && x(i)[j] == x_[j];
    }
    const double mean = constant ? x_[j] : sum / weights;  // a constant becomes 0 exactly
    for (std::size_t i = 0; i < patients_.size(); ++i) deviation += patients_[i].weight * std::abs(x(i)[j] - mean);
    if (!constant) unit_[j] = deviation / weights;
    for (std::size_t i = 0; i < patients_.size(); ++i) x_[i * columns_ + j] = (x(i)[j] - mean) / unit_[j];
  }
}

void FittedRiskSets::clear(Sums& sums) const {
  sums.risk = 0.0;
  std::fill(sums.first.begin(), sums.first.end(), 0.0);
  std::fill(sums.second.begin(), sums.second.end(), 0.0);
}

void FittedRiskSets::add(Sums& sums, std::size_t patient, double sign) const {
  const double risk = sign * patients_[patient].weight * patients_[patient].risk;
  sums.risk += risk;
  for (std::size_t j = 0; j < columns_; ++j) {
    const double part = risk * x(patient)[j];
    sums.first[j] += part;
    if (sums.second.empty()) continue;
    for (std::size_t k = 0; k <= j; ++k) sums.second[j * columns_ + k] += part * x(patient)[k];
  }
}

// Those whose interval begins at `time` or later.
void FittedRiskSets::leave(Leaving& leaving, double time) {
  for (; leaving.next < leaving.stratum_end; ++leaving.next) {
    const std::size_t i = by_start_[leaving.next];
    if (patients_[i].start < time) break;
    add(at_risk_, i, -1.0);
    leaving.gone += patients_[i].weight * patients_[i].risk;
  }
}

// Where more has left than is still at risk by far, subtraction has cost digits: sums over those at risk, from the
// first of the current time on.
void FittedRiskSets::form_anew(Leaving& leaving, std::size_t first) {
  if (leaving.gone <= 10.0 * at_risk_.risk) return;
  clear(at_risk_);
  const double time = table_.time[patients_[first].position];
  for (std::size_t i = leaving.stratum_end; i-- > first;) {
    if (patients_[i].start < time) add(at_risk_, i);
  }
  leaving.gone = 0.0;
}

// The patients of the latest time before `end` join those at risk.
FittedRiskSets::EventTime FittedRiskSets::add_time(std::size_t stratum_begin, std::size_t end, Leaving& leaving) {
  const double time = table_.time[patients_[end - 1].position];
  if (!by_start_.empty()) leave(leaving, time);
  std::size_t begin = end, events_end = end;
  double events = 0.0;
  clear(dying_);
  for (; begin > stratum_begin && table_.time[patients_[begin - 1].position] == time; --begin) {
    add(at_risk_, begin - 1);
    if (table_.event[patients_[begin - 1].position]) {
      add(dying_, begin - 1);
      events += patients_[begin - 1].weight;
    } else {
      events_end = begin - 1;
    }
  }
  if (events > 0.0) form_anew(leaving, begin);
  return {begin, events_end, end, events, at_risk_, dying_};
}

std::span<const double> weights_at_risk(const SurvivalTable& table, const CoxCovariates& covariates,
                                        std::span<const double> weight, Arena& arena) {
  if (covariates.start.empty()) return weight;
  const std::span<double> at_risk = arena.take<double>(table.size());
  for (std::size_t i = 0; i < at_risk.size(); ++i) {
    at_risk[i] = !holds_time(table, covariates, i) ? 0.0 : weight.empty() ? 1.0 : weight[i];
  }
  return at_risk;
}

}  // namespace oligosim

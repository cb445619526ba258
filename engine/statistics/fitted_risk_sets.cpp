#include "engine/statistics/fitted_risk_sets.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/risk_table.hpp"

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
  end_ = arena.take<std::size_t>(order.end.size());
  std::size_t n = 0, p = 0;
  for (std::size_t s = 0; s < order.end.size(); ++s) {
    for (; p < order.end[s]; ++p) {
      const std::uint32_t i = order.position[p];
      const double w = weight.empty() ? 1.0 : weight[i];
      if (w == 0.0) continue;
      patients_[n] = {i, w, 1.0};
      for (std::size_t j = 0; j < columns_; ++j) x_[n * columns_ + j] = covariates.values[j * table.size() + i];
      ++n;
    }
    end_[s] = n;
  }
  patients_ = patients_.first(n);
  standardize();
  for (std::size_t i = 0; i < n; ++i) {
    double predictor = 0.0;
    for (std::size_t j = 0; j < columns_; ++j) predictor += x(i)[j] * unit_[j] * coefficient[j];
    patients_[i].risk = std::exp(predictor);
  }
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

void FittedRiskSets::add(Sums& sums, std::size_t patient) const {
  const double risk = patients_[patient].weight * patients_[patient].risk;
  sums.risk += risk;
  for (std::size_t j = 0; j < columns_; ++j) {
    const double part = risk * x(patient)[j];
    sums.first[j] += part;
    if (sums.second.empty()) continue;
    for (std::size_t k = 0; k <= j; ++k) sums.second[j * columns_ + k] += part * x(patient)[k];
  }
}

// The patients of the latest time before `end` join those at risk.
FittedRiskSets::EventTime FittedRiskSets::add_time(std::size_t stratum_begin, std::size_t end) {
  const double time = table_.time[patients_[end - 1].position];
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
  return {begin, events_end, end, events, at_risk_, dying_};
}

}  // namespace oligosim

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/cox_likelihood.hpp"

namespace oligosim {

RiskSetLikelihood::RiskSetLikelihood(const SurvivalTable& table, const CoxCovariates& covariates,
                                     std::span<const double> weight, Ties ties, Arena& arena)
    : columns_(covariates.columns),
      ties_(ties),
      patients_(arena.take<Patient>(table.size())),
      x_(arena.take<double>(table.size() * columns_)),
      unit_(arena.take<double>(columns_, 1.0)),
      at_risk_{0.0, arena.take<double>(columns_), arena.take<double>(columns_ * columns_)},
      dying_{0.0, arena.take<double>(columns_), arena.take<double>(columns_ * columns_)},
      mean_(arena.take<double>(columns_)) {
  const StratumOrder order = order_by_stratum(table.size(), covariates.stratum, covariates.strata, arena);
  end_ = arena.take<std::size_t>(order.end.size());
  std::size_t n = 0, p = 0;
  for (std::size_t s = 0; s < order.end.size(); ++s) {
    for (; p < order.end[s]; ++p) {
      const std::size_t i = order.position[p];
      const double w = weight.empty() ? 1.0 : weight[i];
      if (w == 0.0) continue;
      patients_[n] = {table.time[i], w, table.event[i] != 0};
      for (std::size_t j = 0; j < columns_; ++j) {
        x_[n * columns_ + j] = covariates.values[j * table.size() + i];
      }
      ++n;
    }
    end_[s] = n;
  }
  patients_ = patients_.first(n);
  standardize();
}

void RiskSetLikelihood::standardize() {
  const std::size_t n = patients_.size();
  for (std::size_t j = 0; j < columns_; ++j) {
    double sum = 0.0, weights = 0.0, deviation = 0.0;
    bool constant = true;
    for (std::size_t i = 0; i < n; ++i) {
      sum += patients_[i].weight * x_[i * columns_ + j];
      weights += patients_[i].weight;
      constant = constant && x_[i * columns_ + j] == x_[j];
    }
    // A constant becomes 0 exactly, not a rounding error: it has no information.
    const double mean = constant ? x_[j] : sum / weights;
    for (std::size_t i = 0; i < n; ++i) deviation += patients_[i].weight * std::abs(x_[i * columns_ + j] - mean);
    if (!constant) unit_[j] = deviation / weights;
    for (std::size_t i = 0; i < n; ++i) x_[i * columns_ + j] = (x_[i * columns_ + j] - mean) / unit_[j];
  }
}

double RiskSetLikelihood::linear_predictor(std::size_t i, std::span<const double> beta) const {
  double sum = 0.0;
  for (std::size_t j = 0; j < columns_; ++j) sum += x_[i * columns_ + j] * beta[j];
  return sum;
}

void RiskSetLikelihood::clear(Sums& sums) const {
  sums.risk = 0.0;
  std::fill(sums.first.begin(), sums.first.end(), 0.0);
  std::fill(sums.second.begin(), sums.second.end(), 0.0);
}

void RiskSetLikelihood::add(Sums& sums, double risk, std::span<const double> x) const {
  sums.risk += risk;
  for (std::size_t j = 0; j < columns_; ++j) {
    const double part = risk * x[j];
    sums.first[j] += part;
    for (std::size_t k = 0; k <= j; ++k) sums.second[j * columns_ + k] += part * x[k];
  }
}

void RiskSetLikelihood::evaluate(std::span<const double> beta, CoxDerivatives& at) const {
  at.log_likelihood = 0.0;
  std::fill(at.score.begin(), at.score.end(), 0.0);
  std::fill(at.information.begin(), at.information.end(), 0.0);
  Sums at_risk = at_risk_, dying = dying_;
  for (std::size_t s = 0; s < end_.size(); ++s) {
    clear(at_risk);
    const std::size_t begin = s == 0 ? 0 : end_[s - 1];
    for (std::size_t end = end_[s]; end > begin;) end = add_time(begin, end, beta, at_risk, dying, at);
  }
  for (std::size_t j = 0; j < columns_; ++j) {
    for (std::size_t k = 0; k < j; ++k) at.information[k * columns_ + j] = at.information[j * columns_ + k];
  }
}

// The patients of the latest time before `end` join those at risk; returns where they begin.
std::size_t RiskSetLikelihood::add_time(std::size_t begin, std::size_t end, std::span<const double> beta, Sums& at_risk,
                                        Sums& dying, CoxDerivatives& at) const {
  const double time = patients_[end - 1].time;
  double events = 0.0;
  for (; end > begin && patients_[end - 1].time == time; --end) {
    const Patient& patient = patients_[end - 1];
    const double predictor = linear_predictor(end - 1, beta);
    const double risk = patient.weight * std::exp(predictor);
    add(at_risk, risk, x(end - 1));
    if (!patient.event) continue;
    if (events == 0.0) clear(dying);
    add(dying, risk, x(end - 1));
    events += patient.weight;
    at.log_likelihood += patient.weight * predictor;
    for (std::size_t j = 0; j < columns_; ++j) at.score[j] += patient.weight * x_[(end - 1) * columns_ + j];
  }
  if (events > 0.0) subtract_denominators(events, at_risk, dying, at);
  return end;
}

void RiskSetLikelihood::subtract_denominators(double events, const Sums& at_risk, const Sums& dying,
                                              CoxDerivatives& at) const {
  for_each_denominator(ties_, events, [&](double out, double times) {
    const double risk = at_risk.risk - out * dying.risk;
    at.log_likelihood -= times * std::log(risk);
    for (std::size_t j = 0; j < columns_; ++j) {
      mean_[j] = (at_risk.first[j] - out * dying.first[j]) / risk;
      at.score[j] -= times * mean_[j];
      for (std::size_t l = 0; l <= j; ++l) {
        const double second = (at_risk.second[j * columns_ + l] - out * dying.second[j * columns_ + l]) / risk;
        at.information[j * columns_ + l] += times * (second - mean_[j] * mean_[l]);
      }
    }
  });
}

double RiskSetLikelihood::range_along(std::span<const double> direction) const {
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t i = 0; i < patients_.size(); ++i) {
    const double value = linear_predictor(i, direction);
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  return highest - lowest;
}

bool RiskSetLikelihood::rises_along(std::span<const double> direction, double tolerance) const {
  const double slack = tolerance * range_along(direction);
  for (std::size_t s = 0; s < end_.size(); ++s) {
    const std::size_t begin = s == 0 ? 0 : end_[s - 1];
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t end = end_[s]; end > begin;) {
      const double time = patients_[end - 1].time;
      std::size_t first = end;
      for (; first > begin && patients_[first - 1].time == time; --first) {
        largest = std::max(largest, linear_predictor(first - 1, direction));
      }
      for (; end > first; --end) {
        if (patients_[end - 1].event && linear_predictor(end - 1, direction) < largest - slack) return false;
      }
    }
  }
  return true;
}

}  // namespace oligosim

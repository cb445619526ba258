#include "engine/statistics/survival/standardized_survival.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/cox/robust_variance.hpp"

namespace oligosim {
namespace {

/// Breslow's cumulative hazard at the means of the covariates, with what its derivatives need.
class BreslowHazard {
 public:
  BreslowHazard(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> beta, Arena& arena)
      : table_(table),
        x_(covariates.values),
        columns_(covariates.columns),
        mean_(arena.take<double>(columns_, 0.0)),
        risk_(arena.take<double>(table.size())),
        at_risk_(arena.take<double>(table.size())),
        at_risk_x_(arena.take<double>(table.size() * columns_)) {
    const std::size_t n = table.size();
    for (std::size_t j = 0; j < columns_; ++j)
      for (std::size_t i = 0; i < n; ++i) mean_[j] += x_[j * n + i] / static_cast<double>(n);
    sum_risk_sets(beta, arena);
  }

  double x(std::size_t i, std::size_t j) const { return x_[j * table_.size() + i] - mean_[j]; }
  double mean(std::size_t j) const { return mean_[j]; }
  double risk(std::size_t i) const { return risk_[i]; }

  /// The hazard up to `time`; `slope`: minus its derivative by each coefficient; `influence`: what each patient's
  /// weight adds to it with the coefficients held.
  double cumulate(double time, std::span<double> slope, std::span<double> influence) const {
    double hazard = 0, squares = 0;  // sums over the events so far of 1 / (sum of risks) and of its square
    std::ranges::fill(slope, 0.0);
    for (std::size_t begin = 0, end = 0; begin < table_.size(); begin = end) {
      double events = 0;
      for (end = begin; end < table_.size() && table_.time[end] == table_.time[begin]; ++end)
        events += table_.event[end];
      const double each = table_.time[begin] <= time && events > 0 ? 1 / at_risk_[begin] : 0;
      hazard += events * each;
      squares += events * each * each;
      for (std::size_t j = 0; j < columns_; ++j) slope[j] += events * each * each * at_risk_x_[begin * columns_ + j];
      for (std::size_t i = begin; i < end; ++i) influence[i] = table_.event[i] * each - risk_[i] * squares;
    }
    return hazard;
  }

 private:
  /// From the last time backwards: a row has the sums over all rows from it on; those at the first row of a time count.
  void sum_risk_sets(std::span<const double> beta, Arena& arena) {
    double sum = 0;
    const std::span<double> sum_x = arena.take<double>(columns_, 0.0);
    for (std::size_t i = table_.size(); i-- > 0;) {
      double predictor = 0;
      for (std::size_t j = 0; j < columns_; ++j) predictor += beta[j] * x(i, j);
      risk_[i] = std::exp(predictor);
      at_risk_[i] = sum += risk_[i];
      for (std::size_t j = 0; j < columns_; ++j) at_risk_x_[i * columns_ + j] = sum_x[j] += risk_[i] * x(i, j);
    }
  }

  const SurvivalTable& table_;
  std::span<const double> x_;
  std::size_t columns_;
  std::span<double> mean_, risk_, at_risk_, at_risk_x_;
};

class Standardization {
 public:
  Standardization(const SurvivalTable& table, const CoxCovariates& covariates, const CoxFit& fit,
                  std::span<const std::uint8_t> standard, Arena& arena)
      : hazard_of_(table, covariates, fit.coefficient, arena),
        beta_(fit.coefficient),
        standard_(standard),
        patients_(static_cast<double>(std::ranges::count(standard, 1))),
        beta_change_(
            dfbeta(score_residuals(table, covariates, beta_, {}, Ties::breslow, arena), fit.variance, arena).values),
        slope_(arena.take<double>(beta_.size())),
        by_beta_(arena.take<double>(beta_.size())),
        hazard_change_(arena.take<double>(table.size())) {}

  void set_time(double time) { hazard_ = hazard_of_.cumulate(time, slope_, hazard_change_); }

  /// Survival with everybody in the group at the time set, and the influences.
  double survival(int group, std::span<double> influence) const {
    const double set = group - hazard_of_.mean(0);  // the group's column, whatever the patient's own
    double sum = 0, by_hazard = 0;
    std::ranges::fill(by_beta_, 0.0);
    for (std::size_t i = 0; i < standard_.size(); ++i) {
      influence[i] = 0;
      if (!standard_[i]) continue;
      const double risk = hazard_of_.risk(i) * std::exp(beta_[0] * (set - hazard_of_.x(i, 0)));
      const double survival = std::exp(-hazard_ * risk);
      influence[i] = survival / patients_;
      sum += survival;
      by_hazard -= influence[i] * risk;
      for (std::size_t j = 0; j < beta_.size(); ++j)
        by_beta_[j] -= influence[i] * hazard_ * risk * (j == 0 ? set : hazard_of_.x(i, j));
    }
    for (std::size_t i = 0; i < standard_.size(); ++i) {
      if (standard_[i]) influence[i] -= sum / patients_ / patients_;
      influence[i] += by_hazard * hazard_change_[i];
      for (std::size_t j = 0; j < beta_.size(); ++j)
        influence[i] += (by_beta_[j] - by_hazard * slope_[j]) * beta_change_[i * beta_.size() + j];
    }
    return sum / patients_;
  }

 private:
  BreslowHazard hazard_of_;
  std::span<const double> beta_;
  std::span<const std::uint8_t> standard_;
  double patients_, hazard_ = 0;
  std::span<const double> beta_change_;
  std::span<double> slope_, by_beta_, hazard_change_;
};

}  // namespace

void standardized_survival(const SurvivalTable& table, const CoxCovariates& covariates, const CoxFit& fit,
                           std::span<const std::uint8_t> standard, std::span<const double> times,
                           std::span<StandardizedSurvival> out, Arena& arena) {
  Standardization standardization(table, covariates, fit, standard, arena);
  for (std::size_t k = 0; k < times.size(); ++k) {
    standardization.set_time(times[k]);
    for (const int group : {0, 1}) {
      out[k].influence[group] = arena.take<double>(table.size());
      out[k].survival[group] = standardization.survival(group, out[k].influence[group]);
    }
  }
}

}  // namespace oligosim

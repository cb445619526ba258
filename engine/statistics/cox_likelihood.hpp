#pragma once

#include <cmath>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/cox.hpp"
#include "engine/statistics/risk_table.hpp"

namespace oligosim {

/// Log partial likelihood at some beta, its gradient and minus its Hessian (row-major, both triangles).
struct CoxDerivatives {
  double log_likelihood = 0.0;
  std::span<double> score;
  std::span<double> information;
};

/// Log partial likelihood of one 0/1 covariate. The risk sets are counts, so that beta enters through one exp and the
/// loop is over event times at which both groups are at risk; the others add a constant.
class TwoGroupLikelihood {
 public:
  TwoGroupLikelihood(const RiskTable& risk, Ties ties, Arena& arena);

  std::size_t columns() const { return 1; }
  double unit(std::size_t) const { return 1.0; }
  void evaluate(std::span<const double> beta, CoxDerivatives& at) const;

  /// Largest difference of direction'x between two patients.
  double range_along(std::span<const double> direction) const { return std::abs(direction[0]); }

  /// Whether the likelihood keeps rising with beta in the direction given (its sign): at each of these event times all
  /// events are in one group, the same throughout. `tolerance` has no part.
  bool rises_along(std::span<const double> direction, double tolerance) const;

 private:
  struct EventTime {
    double at_risk[2];
    double events[2];
  };
  std::span<EventTime> times_;
  double constant_ = 0.0;
  Ties ties_;
};

/// Log partial likelihood of any covariates, each centred and divided by its mean absolute deviation, so that pivots
/// of the information compare.
class RiskSetLikelihood {
 public:
  RiskSetLikelihood(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
                    Ties ties, Arena& arena);

  std::size_t columns() const { return columns_; }
  /// Of the covariate: beta per unit as given = beta here / unit.
  double unit(std::size_t column) const { return unit_[column]; }
  void evaluate(std::span<const double> beta, CoxDerivatives& at) const;

  double range_along(std::span<const double> direction) const;

  /// Whether the likelihood keeps rising along the direction: everybody with an event has the largest value of
  /// direction'x of those at risk, up to `tolerance` times the range of the values (Albert and Anderson 1984).
  bool rises_along(std::span<const double> direction, double tolerance) const;

 private:
  struct Patient {
    double time;
    double weight;
    bool event;
  };
  // Sums over a risk set, or over those with an event at its time, of risk, risk * x and risk * x x' (lower triangle).
  struct Sums {
    double risk = 0.0;
    std::span<double> first;
    std::span<double> second;
  };

  void standardize();
  double linear_predictor(std::size_t i, std::span<const double> beta) const;
  void clear(Sums& sums) const;
  void add(Sums& sums, double risk, std::span<const double> x) const;
  std::size_t add_time(std::size_t begin, std::size_t end, std::span<const double> beta, Sums& at_risk, Sums& dying,
                       CoxDerivatives& at) const;
  void subtract_denominators(double events, const Sums& at_risk, const Sums& dying, CoxDerivatives& at) const;
  std::span<const double> x(std::size_t i) const { return x_.subspan(i * columns_, columns_); }

  std::size_t columns_;
  Ties ties_;
  std::span<Patient> patients_;  // by stratum, then in table order; none of weight 0
  std::span<double> x_;          // patient by patient
  std::span<double> unit_;
  std::span<std::size_t> end_;  // of the strata
  Sums at_risk_, dying_;        // scratch of evaluate
  std::span<double> mean_;      // scratch
};

/// The denominators of d tied events: calls use(share of those dying left out, how often). Breslow (1974): d times the
/// whole risk set; Efron (1977): the k-th of d without k / d of those dying.
template <class Use>
void for_each_denominator(Ties ties, double events, const Use& use) {
  if (ties == Ties::breslow || events <= 1.0) {
    use(0.0, events);
    return;
  }
  for (double k = 0.0; k < events; k += 1.0) use(k / events, 1.0);
}

/// Adds up logarithms as one product, with one std::log each time it leaves a safe range.
class LogSum {
 public:
  void add(double factor, double times) {
    if (times != 1.0) {
      sum_ += times * std::log(factor);
      return;
    }
    product_ *= factor;
    if (!(product_ > 1e-100 && product_ < 1e100)) {
      sum_ += std::log(product_);
      product_ = 1.0;
    }
  }
  double value() const { return sum_ + std::log(product_); }

 private:
  double product_ = 1.0;
  double sum_ = 0.0;
};

}  // namespace oligosim

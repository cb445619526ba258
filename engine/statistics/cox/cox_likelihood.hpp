#pragma once

#include <cmath>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/elementary.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/numeric/log_sum.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/cox/cox_four_columns.hpp"
#include "engine/statistics/cox/denominator_sums.hpp"
#include "engine/statistics/cox/tied_events.hpp"
#include "engine/statistics/survival/counting_process.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

/// Log partial likelihood at some beta, its gradient and minus its Hessian (row-major, both triangles).
template <Weight V>
struct CoxDerivatives {
  V log_likelihood{};
  std::span<V> score;
  std::span<V> information;
};

/// Log partial likelihood of the coefficients, of one data set or of several resamples of it. A resample's numbers are,
/// to the bit, those of its own data set.
template <Weight V>
class PartialLikelihood {
 public:
  virtual std::size_t columns() const = 0;

  /// Of the covariate in resample k: beta per unit as given = beta here / unit.
  virtual double unit(std::size_t column, std::size_t k) const = 0;

  virtual void evaluate(std::span<const V> beta, CoxDerivatives<V>& at) const = 0;

  /// Gradient of half the log determinant of the information: gradient_r = tr(inverse dI/dbeta_r) / 2.
  virtual void penalty_gradient(std::span<const V> beta, std::span<const V> inverse, std::span<V> gradient) const = 0;

  /// Largest difference of direction'x between two patients of resample k.
  virtual double range_along(std::span<const double> direction, std::size_t k) const = 0;

  /// Whether the likelihood of resample k keeps rising along the direction: everybody with an event has the largest
  /// value of direction'x of those at risk, up to `tolerance` times the range of the values (Albert and Anderson 1984).
  virtual bool rises_along(std::span<const double> direction, double tolerance, std::size_t k) const = 0;

 protected:
  ~PartialLikelihood() = default;
};

/// Whether row i is ever at risk.
inline bool holds_time(const SurvivalTable& table, const CoxCovariates& covariates, std::size_t i) {
  return covariates.start.empty() || covariates.start[i] < table.time[i];
}

/// The score of one coefficient, minus its first and minus its second derivative.
template <Weight V>
struct ScoreDerivatives {
  V score{};
  V information{};
  V slope{};  // of the information
};

/// Log partial likelihood of one 0/1 covariate. The risk sets are counts, so that beta enters through one exp and the
/// loop is over the denominators of the event times at which both groups are at risk; the others add a constant.
template <Weight V>
class TwoGroupLikelihood final : public PartialLikelihood<V> {
 public:
  /// `group`: the covariate in table order. `weight` empty: all ones.
  TwoGroupLikelihood(const SurvivalTable& table, std::span<const std::uint8_t> group, const CoxCovariates& covariates,
                     std::span<const V> weight, Ties ties, Arena& arena);
  /// What it consists of, as WholeDenominators has it for eight resamples.
  TwoGroupLikelihood(const Denominators<V>& denominators, const V& first_events, const V& second_events,
                     const V& constant)
      : denominators_(denominators), events_{first_events, second_events}, constant_(constant) {}

  std::size_t columns() const override { return 1; }
  double unit(std::size_t, std::size_t) const override { return 1.0; }
  void evaluate(std::span<const V> beta, CoxDerivatives<V>& at) const override;
  void penalty_gradient(std::span<const V> beta, std::span<const V> inverse, std::span<V> gradient) const override;
  double range_along(std::span<const double> direction, std::size_t) const override { return std::abs(direction[0]); }

  /// Without a look at the likelihood. The derivatives of the score lose digits where nearly all who are expected to
  /// have an event are in one group.
  ScoreDerivatives<V> score(const V& beta) const;

  /// All these events are in one group. `tolerance` has no part.
  bool rises_along(std::span<const double> direction, double, std::size_t k) const override {
    return lane(events_[direction[0] > 0.0 ? 0 : 1], k) == 0.0;
  }

 private:
  Denominators<V> denominators_;
  V events_[2] = {};  // by group, at times at which both are at risk
  V constant_{};
};

/// Log partial likelihood of any covariates, each centred and divided by its mean absolute deviation, so that pivots
/// of the information compare.
template <Weight V>
class RiskSetLikelihood final : public PartialLikelihood<V> {
 public:
  RiskSetLikelihood(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const V> weight, Ties ties,
                    Arena& arena);

  std::size_t columns() const override { return columns_; }
  double unit(std::size_t column, std::size_t k) const override { return lane(unit_[column], k); }
  void evaluate(std::span<const V> beta, CoxDerivatives<V>& at) const override;
  void penalty_gradient(std::span<const V> beta, std::span<const V> inverse, std::span<V> gradient) const override;
  double range_along(std::span<const double> direction, std::size_t k) const override;
  bool rises_along(std::span<const double> direction, double tolerance, std::size_t k) const override;

 private:
  using Row = CoxRow<V>;
  // Sums over a risk set, or over those with an event at its time: of risk, then column by column of risk * x_j and
  // risk * x_j x_k, k = 0 ... j, so that those of the first columns are the first of all.
  using Sums = std::span<V>;
  static std::size_t sums_of(std::size_t columns) { return 1 + columns * (columns + 3) / 2; }
  static std::size_t first_of(std::size_t column) { return sums_of(column); }
  static std::size_t second_of(std::size_t column, std::size_t other) { return sums_of(column) + 1 + other; }

  // The risk set while time runs backwards through one stratum.
  struct Sweep {
    std::size_t begin, end;  // of the stratum
    std::size_t left;        // how many of by_start_ have left
    std::size_t width;       // how many columns of x are summed
    Sums at_risk;
    V gone{};  // risk of those who left since the sums were last formed anew
  };

  void standardize();
  std::span<HalfLanes> fours(Arena& arena) const;
  void evaluate_four(std::span<const double> beta, CoxDerivatives<double>& at) const;
  double largest_at_risk(std::span<const double> direction, std::size_t first, std::size_t end, std::size_t k) const;
  V predictor(std::size_t i, std::span<const V> beta) const;
  void predict(std::span<const V> beta) const;
  double predictor(std::size_t i, std::span<const double> beta, std::size_t k) const;
  void add(Sums sums, std::size_t width, const V& risk, std::size_t i) const;
  void remaining(Sums at_risk, Sums dying, const V& out, std::size_t width) const;
  void leave(Sweep& sweep, double time) const;
  void form_anew(Sweep& sweep, std::size_t first, const V& events) const;
  template <class Event, class Denominator>
  void for_each_event_time(std::span<const V> beta, std::size_t width, const Event& event,
                           const Denominator& denominator) const;
  template <class Event, class Denominator>
  std::size_t add_time(Sweep& sweep, std::size_t end, const Event& event, const Denominator& denominator) const;

  std::size_t columns_;
  std::size_t stride_;  // of x: one more column, scratch of the penalty
  Ties ties_;
  std::span<Row> rows_;  // by stratum, then in table order; none whose weights are all 0
  std::span<V> x_;       // row by row
  FourColumns four_;     // without rows where that is not what it is
  std::span<V> unit_;
  std::span<std::uint32_t> end_;             // of the strata
  std::span<double> start_;                  // empty: all from the beginning
  std::span<const std::uint32_t> by_start_;  // rows of a stratum, latest start first
  Sums at_risk_, dying_, fresh_, moment_;    // scratch
  std::span<V> linear_, risk_;               // scratch: predictor of each row, and weight times its exponential
  std::span<V> image_;                       // scratch
};

/// The groups of a single 0/1 covariate; empty if it is not one.
std::span<const std::uint8_t> as_groups(const CoxCovariates& covariates, Arena& arena);

/// Calls use(likelihood) with the likelihood that suits the covariates.
template <class Use>
void with_partial_likelihood(const SurvivalTable& table, const CoxCovariates& covariates,
                             std::span<const double> weight, Ties ties, Arena& arena, const Use& use) {
  if (const std::span<const std::uint8_t> group = as_groups(covariates, arena); !group.empty()) {
    use(TwoGroupLikelihood<double>(table, group, covariates, weight, ties, arena));
  } else {
    use(RiskSetLikelihood<double>(table, covariates, weight, ties, arena));
  }
}

}  // namespace oligosim

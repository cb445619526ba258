#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/survival/fine_gray.hpp"

namespace oligosim {

/// Log pseudo-likelihood at some beta, its gradient and minus its Hessian (row-major, both triangles).
template <Weight V>
struct FineGrayDerivatives {
  V log_likelihood{};
  std::span<V> score;
  std::span<V> information;
};

/// The weighted risk sets of a subdistribution, for covariates each centred and divided by its mean absolute deviation,
/// so that pivots of the information compare. A risk set at t is everybody followed to t, and those with an earlier
/// event of another cause, weighted G(t-)/G(T-): two running sums, one from the end and one from the start.
template <Weight V>
class FineGrayRiskSets {
 public:
  FineGrayRiskSets(const SurvivalTable& table, const FineGrayModel& model, std::span<const V> weight, Arena& arena);

  std::size_t columns() const { return columns_; }
  /// Of the covariate: beta per unit as given = beta here / unit.
  double unit(std::size_t column) const { return unit_[column]; }
  V n() const { return n_; }
  V n_events() const { return n_events_; }

  void evaluate(std::span<const V> beta, FineGrayDerivatives<V>& at);

  /// Sum of squares of the patients' influences on the score at beta, row-major, both triangles.
  void add_squared_influences(std::span<const V> beta, std::span<V> sum, Arena& arena);

  /// Largest difference of direction'x between two patients of a lane.
  double range_along(std::span<const double> direction, std::size_t lane) const;

  /// Whether the likelihood of a lane keeps rising along the direction: everybody with an event of the cause has the
  /// largest value of direction'x of the risk set, up to `tolerance` times the range of the values.
  bool rises_along(std::span<const double> direction, double tolerance, std::size_t lane) const;

 private:
  enum class End : std::uint8_t { censored, interest, other };
  struct Time {  // a distinct time
    std::size_t begin = 0, end = 0;
    V at_risk{}, events{}, censored{};
    V free{};  // G(t-)
  };
  // Sums over a risk set of risk, risk * x and risk * x x' (lower triangle), in that order.
  std::size_t sums() const { return 1 + columns_ + columns_ * (columns_ + 1) / 2; }

  // Sums while the times are passed, each of a number and of that number times each covariate.
  struct Influences {
    std::span<V> until;      // of hazards up to now, times their means
    std::span<V> competing;  // of risks / G of earlier events of other causes
    std::span<V> after;      // of each time, from it on: of G times hazards, times their means
    std::span<V> pull;       // of one censoring now on the score, through G
    std::span<V> drift;      // of expected censorings up to now, the same with a minus sign
  };

  void standardize();
  void collect_times(const SurvivalTable& table);
  void set_risks(std::span<const V> beta);
  void add(std::span<V> sum, V risk, std::span<const double> x) const;
  void sum_risk_sets(std::span<const V> beta);
  void subtract(V events, std::span<const V> sum, FineGrayDerivatives<V>& at) const;
  V hazard(std::size_t t) const;
  V mean(std::size_t t, std::size_t j) const;
  void reach_time(std::size_t t, Influences& now) const;
  void influence_of(std::size_t i, std::size_t t, const Influences& now, std::span<V> influence) const;
  void pass_time(std::size_t t, Influences& now) const;
  double along(std::span<const double> direction, std::size_t i) const;
  std::span<const double> x(std::size_t i) const { return x_.subspan(i * columns_, columns_); }
  std::span<V> risk_set(std::size_t t) const { return risk_sets_.subspan(t * sums(), sums()); }

  std::size_t columns_;
  std::span<double> x_;  // patient by patient
  std::span<double> unit_;
  std::span<End> end_;
  std::span<V> weight_, risk_;  // risk: exp(beta'x)
  std::span<Time> times_;
  std::span<V> risk_sets_;  // of each time, all sums
  std::span<V> running_;
  std::span<double> highest_before_;  // scratch of rises_along
  V n_{}, n_events_{};
};

}  // namespace oligosim

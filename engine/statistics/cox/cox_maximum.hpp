#pragma once

#include <cmath>
#include <limits>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/cholesky.hpp"
#include "engine/statistics/cox/cox_likelihood.hpp"

namespace oligosim {

double dot(std::span<const double> a, std::span<const double> b);

/// A pivot of the information at or below it counts as 0; the part with `events` catches a covariate constant within
/// each risk set.
double smallest_pivot(std::span<const double> information, std::size_t columns, double events);

/// Coefficients, their variance, the Wald and the likelihood ratio test of resample k, from the maximum `beta`, the
/// information there and its Cholesky factor, in the units of the likelihood.
template <Weight V>
void write_maximum(const PartialLikelihood<V>& likelihood, std::size_t k, std::span<const double> beta,
                   std::span<const double> information, std::span<const double> factor, CoxFit& fit) {
  const std::size_t columns = likelihood.columns();
  fit.likelihood_ratio_test = 2.0 * (fit.log_likelihood - fit.null_log_likelihood);
  fit.wald_test = 0.0;
  for (std::size_t j = 0; j < columns; ++j) {
    fit.wald_test += beta[j] * dot(information.subspan(j * columns, columns), beta);
  }
  cholesky_inverse(factor, columns, fit.variance);
  for (std::size_t j = 0; j < columns; ++j) {
    fit.coefficient[j] = beta[j] / likelihood.unit(j, k);
    for (std::size_t l = 0; l < columns; ++l) {
      fit.variance[j * columns + l] /= likelihood.unit(j, k) * likelihood.unit(l, k);
    }
    fit.standard_error[j] = std::sqrt(fit.variance[j * columns + j]);
  }
}

/// Climbs the log partial likelihood, or the penalized one, until it gains no more: to the maximum, or as far as it
/// levels off where there is none. One coefficient can be held. Newton's method; the curvature of the penalty enters by
/// BFGS updates (Broyden, Fletcher, Goldfarb and Shanno 1970). All in the units of the likelihood.
class CoxAscent {
 public:
  static constexpr std::size_t nothing = max_cox_terms;

  CoxAscent(const PartialLikelihood<double>& likelihood, Penalty penalty, Arena& arena);

  /// Where it is; may be set before a climb.
  std::span<double> beta() { return beta_; }
  std::span<const double> beta() const { return beta_; }

  /// Value and derivatives at beta(); false where they are not finite, or the penalty is infinite.
  bool evaluate();

  /// From beta() up, coefficient `held` fixed, at most to a value of `enough`. False where it does not arrive.
  bool climb(std::size_t held, double enough = std::numeric_limits<double>::infinity());

  double value() const { return value_; }
  std::span<const double> gradient() const { return gradient_; }
  std::span<const double> information() const { return at_.information; }  // of the likelihood alone
  /// Inverse of the information; false where it has none.
  bool variance(std::span<double> inverse);
  int steps() const { return steps_; }

 private:
  void begin_at_information(std::size_t held);
  bool step_up(std::span<const double> step);
  bool correct_curvature();

  const PartialLikelihood<double>& likelihood_;
  Penalty penalty_;
  std::size_t columns_;
  double value_ = 0.0;
  int steps_ = 0;
  CoxDerivatives<double> at_;
  std::span<double> beta_, gradient_, last_beta_, last_gradient_, step_, image_;
  std::span<double> curvature_;         // inverse of minus the second derivatives; 0 in the row and column held
  std::span<double> factor_, inverse_;  // scratch
};

/// cox() with Penalty::firth.
void maximize_penalized(const PartialLikelihood<double>& likelihood, CoxFit& fit, Arena& arena);

}  // namespace oligosim

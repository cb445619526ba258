#include "engine/statistics/cox/cox_maximum.hpp"

#include <algorithm>

namespace oligosim {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

double smallest_pivot(std::span<const double> information, std::size_t columns, double events) {
  double largest = 0.0;
  for (std::size_t j = 0; j < columns; ++j) largest = std::max(largest, information[j * columns + j]);
  return std::max(1.8e-12 * largest, 1e-13 * events);
}

CoxAscent::CoxAscent(const PartialLikelihood<double>& likelihood, Penalty penalty, Arena& arena)
    : likelihood_(likelihood), penalty_(penalty), columns_(likelihood.columns()) {
  for (std::span<double>* v : {&at_.score, &beta_, &gradient_, &last_beta_, &last_gradient_, &step_, &image_}) {
    *v = arena.take<double>(columns_, 0.0);
  }
  for (std::span<double>* m : {&at_.information, &curvature_, &factor_, &inverse_}) {
    *m = arena.take<double>(columns_ * columns_);
  }
}

bool CoxAscent::evaluate() {
  likelihood_.evaluate(beta_, at_);
  value_ = at_.log_likelihood;
  std::copy(at_.score.begin(), at_.score.end(), gradient_.begin());
  if (penalty_ == Penalty::none) return std::isfinite(value_);
  std::copy(at_.information.begin(), at_.information.end(), factor_.begin());
  if (!cholesky(factor_, columns_, 0.0)) return false;
  for (std::size_t j = 0; j < columns_; ++j) value_ += std::log(factor_[j * columns_ + j]);
  cholesky_inverse(factor_, columns_, inverse_);
  likelihood_.penalty_gradient(beta_, inverse_, image_);
  for (std::size_t j = 0; j < columns_; ++j) gradient_[j] += image_[j];
  return std::isfinite(value_);
}

bool CoxAscent::climb(std::size_t held, double enough) {
  // What a step would add to the value, twice. The place itself, by updates, is only as accurate as its root.
  const double enough_gain = penalty_ == Penalty::firth && held == nothing ? 1e-24 : 1e-13;
  if (!evaluate()) return false;
  double last_gain = std::numeric_limits<double>::infinity();
  bool corrected = false;
  for (int i = 0; i < 200; ++i) {
    if (value_ >= enough) return true;
    if (!corrected) begin_at_information(held);
    for (std::size_t j = 0; j < columns_; ++j) step_[j] = dot(curvature_.subspan(j * columns_, columns_), gradient_);
    const double gain = dot(step_, gradient_);
    if (gain <= enough_gain || (gain < 1e-16 && gain >= last_gain)) return true;
    if (!step_up(step_)) return gain < 1e-9;  // rounding hides what is left
    corrected = penalty_ == Penalty::firth && correct_curvature();
    last_gain = gain;
  }
  return false;
}

bool CoxAscent::variance(std::span<double> inverse) {
  begin_at_information(nothing);
  std::copy(curvature_.begin(), curvature_.end(), inverse.begin());
  return curvature_[0] > 0.0;
}

// The floor under the diagonal keeps the step finite in a direction in which the likelihood has levelled off.
void CoxAscent::begin_at_information(std::size_t held) {
  const std::size_t free = held < columns_ ? columns_ - 1 : columns_;
  const auto index = [&](std::size_t i) { return i < held ? i : i + 1; };
  double largest = 0.0;
  for (std::size_t i = 0; i < free; ++i) largest = std::max(largest, at_.information[index(i) * columns_ + index(i)]);
  for (std::size_t i = 0; i < free; ++i) {
    for (std::size_t j = 0; j < free; ++j) {
      factor_[i * free + j] = at_.information[index(i) * columns_ + index(j)] + (i == j ? 1e-12 * largest : 0.0);
    }
  }
  std::fill(curvature_.begin(), curvature_.end(), 0.0);
  if (!cholesky(factor_.first(free * free), free, 0.0)) return;
  const std::span<double> inverse = inverse_.first(free * free);
  cholesky_inverse(factor_.first(free * free), free, inverse);
  for (std::size_t i = 0; i < free; ++i) {
    for (std::size_t j = 0; j < free; ++j) curvature_[index(i) * columns_ + index(j)] = inverse[i * free + j];
  }
}

// Halves the step until the value does not fall, but for rounding.
bool CoxAscent::step_up(std::span<const double> step) {
  std::copy(beta_.begin(), beta_.end(), last_beta_.begin());
  std::copy(gradient_.begin(), gradient_.end(), last_gradient_.begin());
  const double floor = value_ - 1e-12 * (1.0 + std::abs(value_));
  for (double share = 1.0; share > 1e-20; share /= 2.0) {
    for (std::size_t j = 0; j < columns_; ++j) beta_[j] = last_beta_[j] + share * step[j];
    if (evaluate() && value_ >= floor) {
      ++steps_;
      return true;
    }
  }
  std::copy(last_beta_.begin(), last_beta_.end(), beta_.begin());
  evaluate();
  return false;
}

bool CoxAscent::correct_curvature() {
  const std::span<double> moved = last_beta_, change = last_gradient_;  // in place
  for (std::size_t j = 0; j < columns_; ++j) {
    moved[j] = beta_[j] - last_beta_[j];
    change[j] = last_gradient_[j] - gradient_[j];
  }
  const double product = dot(moved, change);
  if (!(product > 0.0)) return false;
  for (std::size_t j = 0; j < columns_; ++j) image_[j] = dot(curvature_.subspan(j * columns_, columns_), change);
  const double scale = (product + dot(change, image_)) / (product * product);
  for (std::size_t j = 0; j < columns_; ++j) {
    for (std::size_t l = 0; l < columns_; ++l) {
      curvature_[j * columns_ + l] +=
          scale * moved[j] * moved[l] - (image_[j] * moved[l] + moved[j] * image_[l]) / product;
    }
  }
  return true;
}

void maximize_penalized(const PartialLikelihood<double>& likelihood, CoxFit& fit, Arena& arena) {
  const std::size_t columns = likelihood.columns();
  CoxAscent ascent(likelihood, Penalty::firth, arena);
  const std::span<double> factor = arena.take<double>(columns * columns), step = arena.take<double>(columns);
  const auto factorize = [&](double events) {
    std::copy(ascent.information().begin(), ascent.information().end(), factor.begin());
    return cholesky(factor, columns, smallest_pivot(ascent.information(), columns, events));
  };
  // The determinant is of the covariates as given.
  double units = 0.0;
  for (std::size_t j = 0; j < columns; ++j) units += std::log(likelihood.unit(j, 0));
  if (!ascent.evaluate() || !factorize(fit.n_events)) {
    fit.status = Status::singular;
    return;
  }
  fit.null_log_likelihood = ascent.value() + units;
  std::copy(ascent.gradient().begin(), ascent.gradient().end(), step.begin());
  cholesky_solve(factor, step);
  fit.score_test = dot(step, ascent.gradient());
  if (!ascent.climb(CoxAscent::nothing) || !factorize(0.0)) {
    fit.status = Status::did_not_converge;
    return;
  }
  fit.iterations = ascent.steps();
  fit.log_likelihood = ascent.value() + units;
  write_maximum(likelihood, 0, ascent.beta(), ascent.information(), factor, fit);
}

}  // namespace oligosim

#include "engine/statistics/cox.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/cholesky.hpp"
#include "engine/statistics/cox_likelihood.hpp"

namespace oligosim {

namespace {

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Newton's method with the steps, the halving and the stopping rule of coxph, so that an early stop is the same stop.
template <class Likelihood>
class Newton {
 public:
  Newton(const Likelihood& likelihood, const CoxOptions& options, Arena& arena)
      : likelihood_(likelihood),
        options_(options),
        columns_(likelihood.columns()),
        beta_(arena.take<double>(columns_, 0.0)),
        next_(arena.take<double>(columns_, 0.0)),
        step_(arena.take<double>(columns_)),
        factor_(arena.take<double>(columns_ * columns_)),
        at_{0.0, arena.take<double>(columns_), arena.take<double>(columns_ * columns_)} {}

  void run(CoxFit& fit) {
    likelihood_.evaluate(next_, at_);
    fit.null_log_likelihood = at_.log_likelihood;
    if (!solve_step(fit.n_events)) {
      fit.status = Status::singular;
      return;
    }
    fit.score_test = dot(at_.score, step_);
    if (columns_ == 1 && has_no_maximum_exactly()) {
      fit.status = Status::separation;
      return;
    }
    fit.status = iterate(fit);
    if (fit.status == Status::ok && (!solve_step(0.0) || still_moving())) fit.status = Status::did_not_converge;
    if (fit.status == Status::did_not_converge && rises_without_end()) fit.status = Status::separation;
    if (fit.status != Status::ok) return;
    write(fit);
  }

 private:
  // step = information^-1 score. The floor catches a covariate constant within each risk set.
  bool solve_step(double events) {
    double largest = 0.0;
    for (std::size_t j = 0; j < columns_; ++j) largest = std::max(largest, at_.information[j * columns_ + j]);
    std::copy(at_.information.begin(), at_.information.end(), factor_.begin());
    if (!cholesky(factor_, columns_, std::max(1.8e-12 * largest, 1e-13 * events))) return false;
    std::copy(at_.score.begin(), at_.score.end(), step_.begin());
    cholesky_solve(factor_, step_);
    return true;
  }

  bool has_no_maximum_exactly() const {
    const double up = 1.0, down = -1.0;
    return likelihood_.rises_along({&up, 1}, 0.0) || likelihood_.rises_along({&down, 1}, 0.0);
  }

  // Leaves beta in next_ and the derivatives there in at_.
  Status iterate(CoxFit& fit) {
    double reached = fit.null_log_likelihood;
    int halvings = 0;
    for (std::size_t j = 0; j < columns_; ++j) next_[j] = step_[j];
    for (fit.iterations = 1; fit.iterations <= options_.max_iterations; ++fit.iterations) {
      likelihood_.evaluate(next_, at_);
      const double now = at_.log_likelihood;
      if (halvings == 0 && std::abs(now - reached) <= options_.tolerance * std::abs(now)) return Status::ok;
      if (fit.iterations == options_.max_iterations) break;
      if (!(now >= reached)) {  // also where it overflowed
        ++halvings;
        for (std::size_t j = 0; j < columns_; ++j) next_[j] = (next_[j] + halvings * beta_[j]) / (halvings + 1);
        continue;
      }
      halvings = 0;
      reached = now;
      if (!solve_step(0.0)) break;
      // Hazards e^15 apart: seldom a maximum ahead, and soon too far out for the arithmetic to tell.
      if (likelihood_.range_along(next_) > 15.0 && rises_without_end()) return Status::separation;
      for (std::size_t j = 0; j < columns_; ++j) {
        beta_[j] = next_[j];
        next_[j] += step_[j];
      }
    }
    return Status::did_not_converge;
  }

  bool rises_without_end() const { return likelihood_.rises_along(step_, 1e-4); }

  // The likelihood has levelled off; at a maximum so has the linear predictor, without one it moves on by about 1.
  bool still_moving() const { return !(likelihood_.range_along(step_) < 0.01); }

  void write(CoxFit& fit) {
    fit.log_likelihood = at_.log_likelihood;
    fit.likelihood_ratio_test = 2.0 * (fit.log_likelihood - fit.null_log_likelihood);
    fit.wald_test = 0.0;
    for (std::size_t j = 0; j < columns_; ++j) {
      fit.wald_test += next_[j] * dot(at_.information.subspan(j * columns_, columns_), next_);
    }
    cholesky_inverse(factor_, columns_, fit.variance);
    for (std::size_t j = 0; j < columns_; ++j) {
      fit.coefficient[j] = next_[j] / likelihood_.unit(j);
      for (std::size_t k = 0; k < columns_; ++k) {
        fit.variance[j * columns_ + k] /= likelihood_.unit(j) * likelihood_.unit(k);
      }
      fit.standard_error[j] = std::sqrt(fit.variance[j * columns_ + j]);
    }
  }

  const Likelihood& likelihood_;
  const CoxOptions& options_;
  std::size_t columns_;
  std::span<double> beta_, next_, step_, factor_;
  CoxDerivatives at_;
};

// The groups of a single 0/1 covariate; empty if it is not one.
std::span<const std::uint8_t> as_groups(const CoxCovariates& covariates, Arena& arena) {
  if (covariates.columns != 1) return {};
  const std::span<std::uint8_t> group = arena.take<std::uint8_t>(covariates.values.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    const double value = covariates.values[i];
    if (value != 0.0 && value != 1.0) return {};
    group[i] = value == 1.0;
  }
  return group;
}

void count(const SurvivalTable& table, std::span<const double> weight, CoxFit& fit) {
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double w = weight.empty() ? 1.0 : weight[i];
    fit.n += w;
    if (table.event[i]) fit.n_events += w;
  }
}

}  // namespace

CoxFit cox(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
           const CoxOptions& options, Arena& arena) {
  const std::size_t columns = covariates.columns;
  CoxFit fit;
  fit.coefficient = arena.take<double>(columns, missing);
  fit.standard_error = arena.take<double>(columns, missing);
  fit.variance = arena.take<double>(columns * columns, missing);
  const Arena::Scope scope(arena);
  count(table, weight, fit);
  if (fit.n_events == 0.0) {
    fit.status = Status::no_events;
    return fit;
  }
  if (const std::span<const std::uint8_t> group = as_groups(covariates, arena); !group.empty()) {
    const StratumOrder order = order_by_stratum(table.size(), covariates.stratum, covariates.strata, arena);
    const RiskTable risk = risk_table(table, group, 2, order, weight, arena);
    const TwoGroupLikelihood likelihood(risk, options.ties, arena);
    Newton(likelihood, options, arena).run(fit);
    return fit;
  }
  const RiskSetLikelihood likelihood(table, covariates, weight, options.ties, arena);
  Newton(likelihood, options, arena).run(fit);
  return fit;
}

}  // namespace oligosim

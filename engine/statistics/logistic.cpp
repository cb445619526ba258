#include "engine/statistics/logistic.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/cholesky.hpp"
#include "engine/statistics/estimable.hpp"

namespace oligosim {
namespace {

constexpr int most_iterations = 60;
constexpr double smallest_move = 1e-8;  // of a linear predictor: the error left is its square
constexpr double rounding = 1e-13;      // of the deviance: next to its minimum it may seem to rise
constexpr double tolerance = 1e-12;     // relative change of the deviance, where predictors still move
/// Of the information of columns with mean square 1, over that of the intercept.
constexpr double smallest_pivot = 1e-10;

/// Columns centred, with mean square 1, row by row with a leading 1.
class ModelMatrix {
 public:
  ModelMatrix(std::span<const double> values, std::size_t rows, std::size_t columns, Arena& arena)
      : width_(columns + 1),
        x_(arena.take<double>(rows * width_, 1.0)),
        mean_(arena.take<double>(width_, 0.0)),
        scale_(arena.take<double>(width_, 1.0)) {
    for (std::size_t j = 1; j < width_; ++j) standardize(values.subspan((j - 1) * rows, rows), j);
  }

  std::size_t width() const { return width_; }
  std::size_t rows() const { return x_.size() / width_; }
  std::span<const double> row(std::size_t i) const { return x_.subspan(i * width_, width_); }

  double predictor(std::size_t i, std::span<const double> beta) const {
    double sum = 0;
    for (std::size_t j = 0; j < width_; ++j) sum += beta[j] * row(i)[j];
    return sum;
  }

  /// Sums of squares and products of the columns; with the intercept they have none.
  std::span<const double> squares(Arena& arena) const {
    const std::size_t columns = width_ - 1;
    const std::span<double> sum = arena.take<double>(columns * columns, 0.0);
    for (std::size_t i = 0; i < rows(); ++i)
      for (std::size_t j = 0; j < columns; ++j)
        for (std::size_t k = 0; k < columns; ++k) sum[j * columns + k] += row(i)[j + 1] * row(i)[k + 1];
    return sum;
  }

  /// Coefficients of the columns as given.
  void unscale(std::span<double> beta) const {
    for (std::size_t j = 1; j < width_; ++j) beta[j] /= scale_[j], beta[0] -= beta[j] * mean_[j];
  }

 private:
  void standardize(std::span<const double> column, std::size_t j) {
    const auto n = static_cast<double>(column.size());
    for (const double v : column) mean_[j] += v / n;
    double squares = 0;
    for (const double v : column) squares += (v - mean_[j]) * (v - mean_[j]) / n;
    const double spread = std::sqrt(squares);
    if (spread > 1e-12 * std::abs(mean_[j])) scale_[j] = spread;
    for (std::size_t i = 0; i < column.size(); ++i) x_[i * width_ + j] = (column[i] - mean_[j]) / scale_[j];
  }

  std::size_t width_;
  std::span<double> x_, mean_, scale_;
};

class Newton {
 public:
  Newton(std::span<const std::uint8_t> outcome, const ModelMatrix& x, Arena& arena)
      : outcome_(outcome),
        x_(x),
        beta_(arena.take<double>(x.width(), 0.0)),
        tried_(arena.take<double>(x.width())),
        step_(arena.take<double>(x.width())),
        information_(arena.take<double>(x.width() * x.width())),
        probability_(arena.take<double>(x.rows(), 0.5)) {}

  /// `ok`, `singular` or `separation`.
  Status maximize() {
    double before = deviance(beta_);
    for (int iteration = 0; iteration < most_iterations; ++iteration) {
      // Where the probabilities have come to their limits, only directions that separate have no information.
      if (!find_step()) return iteration == 0 ? Status::singular : Status::separation;
      const double now = take_step(before);
      const double move = longest_move();
      if (move <= smallest_move) return Status::ok;
      // At a maximum steps vanish; along a direction that separates they tend to 1, while nothing is gained any more.
      if (move > 0.5 && before - now <= tolerance * (now + 0.1)) return Status::separation;
      before = now;
    }
    return Status::separation;
  }

  std::span<double> coefficient() const { return beta_; }
  std::span<double> probability() const { return probability_; }

 private:
  /// Twice the negative log likelihood; leaves the probabilities behind.
  double deviance(std::span<const double> beta) const {
    double sum = 0;
    for (std::size_t i = 0; i < x_.rows(); ++i) {
      const double predictor = x_.predictor(i, beta);
      probability_[i] = 1 / (1 + std::exp(-predictor));
      sum += 2 * std::log1p(std::exp(outcome_[i] ? -predictor : predictor));
    }
    return sum;
  }

  bool find_step() {
    const std::size_t p = x_.width();
    std::ranges::fill(information_, 0.0);
    std::ranges::fill(step_, 0.0);
    for (std::size_t i = 0; i < x_.rows(); ++i) {
      const std::span<const double> row = x_.row(i);
      const double weight = probability_[i] * (1 - probability_[i]), residual = outcome_[i] - probability_[i];
      for (std::size_t j = 0; j < p; ++j) {
        step_[j] += residual * row[j];
        for (std::size_t k = 0; k <= j; ++k) information_[j * p + k] += weight * row[j] * row[k];
      }
    }
    if (!cholesky(information_, p, smallest_pivot * information_[0])) return false;
    cholesky_solve(information_, step_);
    return true;
  }

  /// The whole step or, where that leads upwards, a part of it; returns the deviance there.
  double take_step(double before) {
    for (int halving = 0;; ++halving) {
      for (std::size_t j = 0; j < beta_.size(); ++j) tried_[j] = beta_[j] + step_[j];
      const double now = deviance(tried_);
      if (now <= before * (1 + rounding) || halving == 40) {
        std::ranges::copy(tried_, beta_.begin());
        return now;
      }
      for (double& s : step_) s /= 2;
    }
  }

  /// Of a linear predictor in the last step.
  double longest_move() const {
    double longest = 0;
    for (std::size_t i = 0; i < x_.rows(); ++i) longest = std::max(longest, std::abs(x_.predictor(i, step_)));
    return longest;
  }

  std::span<const std::uint8_t> outcome_;
  const ModelMatrix& x_;
  std::span<double> beta_, tried_, step_, information_, probability_;
};

// Of a model in which columns are combinations of others: without them.
LogisticFit without_combinations(std::span<const std::uint8_t> outcome, std::span<const double> values,
                                 const ModelMatrix& x, Arena& arena) {
  const std::size_t columns = x.width() - 1;
  const double smallest = smallest_pivot * static_cast<double>(x.rows());
  const EstimableColumns left = estimable_columns(x.squares(arena), columns, smallest, arena);
  if (left.all())
    return {arena.take<double>(x.width(), missing), arena.take<double>(x.rows(), missing), Status::singular};
  const LogisticFit part = logistic(outcome, columns_kept(values, left, arena), left.kept.size(), arena);
  LogisticFit fit{arena.take<double>(x.width(), missing), part.probability, part.status};
  fit.coefficient[0] = part.coefficient[0];
  for (std::size_t a = 0; a < left.kept.size(); ++a) fit.coefficient[left.kept[a] + 1u] = part.coefficient[a + 1];
  return fit;
}

}  // namespace

LogisticFit logistic(std::span<const std::uint8_t> outcome, std::span<const double> values, std::size_t columns,
                     Arena& arena) {
  LogisticFit fit{arena.take<double>(columns + 1, missing), arena.take<double>(outcome.size(), missing), Status::ok};
  const auto ones = std::ranges::count(outcome, 1);
  if (ones == 0 || ones == static_cast<std::ptrdiff_t>(outcome.size())) {
    fit.status = Status::empty_group;
    return fit;
  }
  const ModelMatrix x(values, outcome.size(), columns, arena);
  Newton newton(outcome, x, arena);
  fit.status = newton.maximize();
  if (fit.status == Status::singular) return without_combinations(outcome, values, x, arena);
  std::ranges::copy(newton.probability(), fit.probability.begin());
  if (fit.status != Status::ok) return fit;
  x.unscale(newton.coefficient());
  std::ranges::copy(newton.coefficient(), fit.coefficient.begin());
  return fit;
}

}  // namespace oligosim

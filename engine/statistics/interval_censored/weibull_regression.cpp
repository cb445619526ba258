#include "engine/statistics/interval_censored/weibull_regression.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/cholesky.hpp"

namespace oligosim {
namespace {

constexpr int most_steps = 100;
constexpr double smallest_pivot = 1e-10;  // of a column's squares, all alike in scale
constexpr double smallest_step = 1e-9;    // standard deviations of the log hazard; the next would be its square
constexpr double rounding = 1e-13;
constexpr double sure_step = 1e-5;  // so near a maximum Newton's goes up, though sums of many patients may not show it
constexpr double still_moving = 1e-3, no_gain = 1e-12;

/// Covariates less their means, over their standard deviations.
class StandardizedColumns {
 public:
  StandardizedColumns(std::span<const double> values, std::size_t rows, std::size_t columns, Arena& arena)
      : rows_(rows), value_(arena.take<double>(rows * columns)), deviation_(arena.take<double>(columns)) {
    const auto n = static_cast<double>(rows);
    for (std::size_t j = 0; j < columns; ++j) {
      const std::span<const double> own = values.subspan(j * rows, rows);
      double mean = 0, squares = 0;
      for (const double x : own) mean += x / n;
      for (const double x : own) squares += (x - mean) * (x - mean) / n;
      const double deviation = std::sqrt(squares);
      const bool constant = !(deviation > 1e-12 * std::abs(mean));
      deviation_[j] = constant ? 1 : deviation;
      for (std::size_t i = 0; i < rows; ++i) value_[j * rows + i] = constant ? 0 : (own[i] - mean) / deviation;
    }
  }

  std::size_t columns() const { return deviation_.size(); }
  double operator()(std::size_t row, std::size_t column) const { return value_[column * rows_ + row]; }
  double deviation(std::size_t column) const { return deviation_[column]; }

  std::span<double> products(Arena& arena) const {
    const std::size_t p = columns();
    const std::span<double> sums = arena.take<double>(p * p, 0.0);
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t k = 0; k < p; ++k)
        for (std::size_t i = 0; i < rows_; ++i) sums[j * p + k] += (*this)(i, j) * (*this)(i, k);
    return sums;
  }

 private:
  std::size_t rows_;
  std::span<double> value_, deviation_;
};

/// exp(log hazard) t^shape and its derivatives by the log hazard and the log of the shape.
struct CumulativeHazard {
  double value = 0, by_shape = 0, by_shape_twice = 0;  // by the log hazard: itself

  constexpr CumulativeHazard() = default;
  CumulativeHazard(double log_hazard, double shape, double log_time) {
    const double power = shape * log_time;
    value = std::exp(log_hazard + power);
    by_shape = value * power;
    by_shape_twice = by_shape * (power + 1);
  }
};

/// What a patient adds to the log likelihood, with its derivatives by his log hazard h and the log of the shape k.
struct Contribution {
  double value, h, k, hh, hk, kk;
};

/// Parameters: log hazard, coefficients of the standardized columns, log of the shape.
class WeibullModel {
 public:
  WeibullModel(const EventIntervals& data, const StandardizedColumns& x, Arena& arena)
      : data_(data),
        x_(x),
        width_(x.columns() + 2),
        parameter_(arena.take<double>(width_, 0.0)),
        tried_(arena.take<double>(width_)),
        step_(arena.take<double>(width_)),
        slope_(arena.take<double>(width_)),
        information_(arena.take<double>(width_ * width_)),
        factor_(arena.take<double>(width_ * width_)),
        log_left_(arena.take<double>(data.size())),
        log_right_(arena.take<double>(data.size())) {
    find_unit();
  }

  std::size_t width() const { return width_; }
  std::span<const double> parameters() const { return parameter_; }
  std::span<const double> information() const { return information_; }
  double log_likelihood() const { return log_likelihood_; }

  Status maximize() {
    start();
    double before = add_up(parameter_);
    for (int k = 0; k < most_steps && std::isfinite(before); ++k) {
      if (!find_step()) return Status::did_not_converge;
      const double move = longest_move(), now = take_step(before);
      if (move <= smallest_step && !shortened_) {
        log_likelihood_ = now - points_ * log_unit_;
        return Status::ok;
      }
      // Along a direction without a maximum steps stay, or the likelihood is flat, while nothing is gained any more.
      const bool gains = now - before > no_gain * (std::abs(now) + 0.1);
      if (!gains && (move > still_moving || shortened_)) return Status::separation;
      before = now;
    }
    return Status::did_not_converge;
  }

 private:
  /// Times are counted in a unit in the middle of the data's, so that shape and hazard are nearly apart.
  void find_unit() {
    double sum = 0, count = 0;
    for (std::size_t i = 0; i < data_.size(); ++i) {
      const double time = std::isfinite(data_.right[i]) ? data_.right[i] : data_.left[i];
      if (time > 0) sum += std::log(time), count += 1;
      points_ += data_.left[i] == data_.right[i];
    }
    log_unit_ = count > 0 ? sum / count : 0;
    for (std::size_t i = 0; i < data_.size(); ++i) {
      log_left_[i] = std::log(data_.left[i]) - log_unit_;
      log_right_[i] = std::log(data_.right[i]) - log_unit_;
    }
  }

  /// The exponential distribution of so many events in the time there is, to the middle of each interval.
  void start() {
    double events = 0, time = 0;
    for (std::size_t i = 0; i < data_.size(); ++i) {
      const bool event = std::isfinite(data_.right[i]);
      events += event;
      time += event ? (data_.left[i] + data_.right[i]) / 2 : data_.left[i];
    }
    parameter_[0] = std::log(events) - std::log(time) + log_unit_;
  }

  double log_hazard(std::size_t i, std::span<const double> at) const {
    double sum = at[0];
    for (std::size_t j = 0; j < x_.columns(); ++j) sum += at[j + 1] * x_(i, j);
    return sum;
  }

  Contribution of(std::size_t i, double log_hazard, double log_shape) const {
    const double shape = std::exp(log_shape);
    const CumulativeHazard left = data_.left[i] > 0 ? CumulativeHazard(log_hazard, shape, log_left_[i]) : never;
    Contribution c{-left.value, -left.value, -left.by_shape, -left.value, -left.by_shape, -left.by_shape_twice};
    if (std::isinf(data_.right[i])) return c;
    if (data_.left[i] == data_.right[i]) {
      const double power = shape * log_right_[i];
      c.value += log_shape + log_hazard + power - log_right_[i];
      c.h += 1, c.k += 1 + power, c.kk += power;
      return c;
    }
    const CumulativeHazard right(log_hazard, shape, log_right_[i]);
    const double within = right.value - left.value, by_k = right.by_shape - left.by_shape,
                 by_kk = right.by_shape_twice - left.by_shape_twice;
    // log(1 - exp(-w)) of the hazard w within the interval: its slope, and how fast that falls.
    const double slope = 1 / std::expm1(within), fall = slope * (1 + slope);
    c.value += std::log(-std::expm1(-within));
    if (slope == 0) return c;  // w may be too large for more
    c.h += slope * within, c.k += slope * by_k;
    c.hh += slope * within - fall * within * within;
    c.hk += slope * by_k - fall * within * by_k;
    c.kk += slope * by_kk - fall * by_k * by_k;
    return c;
  }

  /// The log likelihood in the unit of the middle; leaves its slopes and the information behind.
  double add_up(std::span<const double> at) {
    const std::size_t shape = width_ - 1;
    std::ranges::fill(slope_, 0.0);
    std::ranges::fill(information_, 0.0);
    double sum = 0;
    for (std::size_t i = 0; i < data_.size(); ++i) {
      const Contribution c = of(i, log_hazard(i, at), at[shape]);
      const auto x = [&](std::size_t j) { return j == 0 ? 1.0 : x_(i, j - 1); };
      for (std::size_t j = 0; j < shape; ++j) {
        slope_[j] += c.h * x(j);
        for (std::size_t k = 0; k <= j; ++k) information_[j * width_ + k] -= c.hh * x(j) * x(k);
        information_[shape * width_ + j] -= c.hk * x(j);
      }
      slope_[shape] += c.k;
      information_[shape * width_ + shape] -= c.kk;
      sum += c.value;
    }
    return sum;
  }

  /// Newton's, or where the likelihood is flat or not concave a shorter one that goes up.
  bool find_step() {
    const auto n = static_cast<double>(data_.size());
    for (double added = 0; added < 1e6; added = added == 0 ? 1e-3 : 4 * added) {
      std::ranges::copy(information_, factor_.begin());
      for (std::size_t j = 0; j < width_; ++j) factor_[j * width_ + j] += added * n;
      if (!cholesky(factor_, width_, smallest_pivot * n)) continue;
      shortened_ = added > 0;
      std::ranges::copy(slope_, step_.begin());
      cholesky_solve(factor_, step_);
      return true;
    }
    return false;
  }

  double take_step(double before) {
    for (double part = 1; part > 1e-9; part /= 2) {
      for (std::size_t j = 0; j < width_; ++j) tried_[j] = parameter_[j] + part * step_[j];
      const double now = add_up(tried_);
      const bool sure = part == 1 && !shortened_ && std::isfinite(now) && longest_move() <= sure_step;
      if (!sure && !(now >= before - rounding * std::abs(before))) continue;
      std::ranges::copy(tried_, parameter_.begin());
      return now;
    }
    return add_up(parameter_);
  }

  /// Of a patient's log hazard, or of the log of the shape.
  double longest_move() const {
    double longest = std::abs(step_.back());
    for (std::size_t i = 0; i < data_.size(); ++i) longest = std::max(longest, std::abs(log_hazard(i, step_)));
    return longest;
  }

  static constexpr CumulativeHazard never = {};

  const EventIntervals& data_;
  const StandardizedColumns& x_;
  std::size_t width_;
  std::span<double> parameter_, tried_, step_, slope_, information_, factor_, log_left_, log_right_;
  double log_unit_ = 0, points_ = 0, log_likelihood_ = missing;
  bool shortened_ = false;  // the step
};

/// In the columns as they were given.
void write_fit(const WeibullModel& model, const StandardizedColumns& x, WeibullFit& fit, Arena& arena) {
  const std::size_t width = model.width(), kept = width - 1;
  const std::span<double> factor = arena.take<double>(width * width), inverse = arena.take<double>(width * width);
  std::ranges::copy(model.information(), factor.begin());
  if (!cholesky(factor, width, 0)) {
    fit.status = Status::did_not_converge;
    return;
  }
  cholesky_inverse(factor, width, inverse);
  const auto scale = [&](std::size_t j) { return j < x.columns() ? x.deviation(j) : 1; };
  for (std::size_t j = 0; j < kept; ++j)
    for (std::size_t k = 0; k < kept; ++k)
      fit.variance[j * kept + k] = inverse[(j + 1) * width + k + 1] / (scale(j) * scale(k));
  for (std::size_t j = 0; j < x.columns(); ++j) fit.coefficient[j] = model.parameters()[j + 1] / x.deviation(j);
  fit.log_shape = model.parameters().back();
  fit.log_likelihood = model.log_likelihood();
}

}  // namespace

WeibullFit weibull_regression(const EventIntervals& data, std::span<const double> values, std::size_t columns,
                              Arena& arena) {
  WeibullFit fit;
  fit.coefficient = arena.take<double>(columns, missing);
  fit.variance = arena.take<double>((columns + 1) * (columns + 1), missing);
  const Arena::Scope scope(arena);
  fit.n = static_cast<double>(data.size());
  for (const double right : data.right) fit.n_events += std::isfinite(right);
  const StandardizedColumns x(values, data.size(), columns, arena);
  if (fit.n == 0) {
    fit.status = Status::empty_group;
  } else if (fit.n_events == 0) {
    fit.status = Status::no_events;
  } else if (!cholesky(x.products(arena), columns, smallest_pivot * fit.n)) {
    fit.status = Status::singular;
  }
  if (fit.status != Status::ok) return fit;
  const StandardizedColumns nothing({}, data.size(), 0, arena);
  WeibullModel null(data, nothing, arena), model(data, x, arena);
  fit.status = null.maximize();
  if (fit.status == Status::ok) fit.status = model.maximize();
  fit.null_log_likelihood = null.log_likelihood();
  if (fit.status == Status::ok) write_fit(model, x, fit, arena);
  return fit;
}

EstimableColumns estimable_columns(std::span<const double> values, std::size_t rows, std::size_t columns,
                                   Arena& arena) {
  const StandardizedColumns x(values, rows, columns, arena);
  return estimable_columns(x.products(arena), columns, smallest_pivot * static_cast<double>(rows), arena);
}

}  // namespace oligosim

#include "engine/statistics/survival/fine_gray.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/cholesky.hpp"
#include "engine/statistics/survival/fine_gray_risk_sets.hpp"

namespace oligosim {

namespace {

void set_lane(double& value, std::size_t, double to) { value = to; }
void set_lane(Lanes& value, std::size_t k, double to) { value[k] = to; }

// The floor catches a covariate constant within each risk set.
double smallest_pivot(double largest_information, double events) {
  return std::max(1.8e-12 * largest_information, 1e-13 * events);
}

// Newton's method in every lane at once, each with its own steps, halvings and end.
template <Weight V>
class Newton {
 public:
  Newton(FineGrayRiskSets<V>& risk_sets, Arena& arena)
      : risk_sets_(risk_sets),
        columns_(risk_sets.columns()),
        beta_(arena.take<V>(columns_, V{})),
        tried_(arena.take<V>(columns_, V{})),
        step_(arena.take<V>(columns_, V{})),
        squares_(arena.take<V>(columns_ * columns_, V{})),
        direction_(arena.take<double>(columns_)),
        factor_(arena.take<double>(columns_ * columns_)),
        product_(arena.take<double>(columns_ * columns_)),
        at_{V{}, arena.take<V>(columns_), arena.take<V>(columns_ * columns_)} {}

  void run(FineGrayFit<V>& fit, Arena& arena) {
    risk_sets_.evaluate(tried_, at_);
    fit.null_log_likelihood = at_.log_likelihood;
    for (std::size_t k = 0; k < lane_count<V>; ++k) start(fit, k);
    for (int iteration = 0; iteration < max_iterations && any_running(); ++iteration) {
      for (std::size_t j = 0; j < columns_; ++j) tried_[j] = beta_[j] + step_[j];
      risk_sets_.evaluate(tried_, at_);
      for (std::size_t k = 0; k < lane_count<V>; ++k) advance(fit, k);
    }
    risk_sets_.evaluate(beta_, at_);
    risk_sets_.add_squared_influences(beta_, squares_, arena);
    for (std::size_t k = 0; k < lane_count<V>; ++k) finish(fit, k);
  }

 private:
  static constexpr int max_iterations = 50;
  enum class Stage : std::uint8_t { running, last_step, done };

  bool any_running() const {
    return std::any_of(stage_.begin(), stage_.end(), [](Stage s) { return s != Stage::done; });
  }

  void start(FineGrayFit<V>& fit, std::size_t k) {
    Status& status = fit.status[k];
    stage_[k] = Stage::done;
    reached_[k] = lane(at_.log_likelihood, k);
    if (!(lane(fit.n, k) > 0.0)) {
      status = Status::empty_group;
    } else if (!(lane(fit.n_events, k) > 0.0)) {
      status = Status::no_events;
    } else if (!solve_step(k, lane(fit.n_events, k))) {
      status = Status::singular;
    } else if (columns_ == 1 && has_no_maximum_exactly(k)) {
      status = Status::separation;
    } else {
      stage_[k] = Stage::running;
    }
    if (stage_[k] == Stage::done) stay(k);
  }

  // After the likelihood at beta + step.
  void advance(FineGrayFit<V>& fit, std::size_t k) {
    if (stage_[k] == Stage::done) return;
    const double now = lane(at_.log_likelihood, k);
    if (!(now >= reached_[k] - 1e-12 * std::abs(reached_[k]))) {  // also where it overflowed
      for (V& s : step_) set_lane(s, k, lane(s, k) / 2.0);
      return;
    }
    for (std::size_t j = 0; j < columns_; ++j) set_lane(beta_[j], k, lane(tried_[j], k));
    reached_[k] = now;
    if (stage_[k] == Stage::last_step) {
      stage_[k] = Stage::done;
    } else if (!solve_step(k, 0.0)) {
      fit.status[k] = rises_without_end(k) ? Status::separation : Status::did_not_converge;
      stage_[k] = Stage::done;
    } else if (decrement(k) < 1e-12) {  // then the step squares what is left of the error
      stage_[k] = Stage::last_step;
    } else if (range(beta_, k) > 15.0 && rises_without_end(k)) {
      fit.status[k] = Status::separation;
      stage_[k] = Stage::done;
    }
    if (stage_[k] == Stage::done) stay(k);
  }

  void stay(std::size_t k) {
    for (V& s : step_) set_lane(s, k, 0.0);
  }

  // step = information^-1 score.
  bool solve_step(std::size_t k, double events) {
    double largest = 0.0;
    for (std::size_t j = 0; j < columns_; ++j) {
      largest = std::max(largest, lane(at_.information[j * columns_ + j], k));
      direction_[j] = lane(at_.score[j], k);
    }
    for (std::size_t j = 0; j < factor_.size(); ++j) factor_[j] = lane(at_.information[j], k);
    if (!cholesky(factor_, columns_, smallest_pivot(largest, events))) return false;
    cholesky_solve(factor_, direction_);
    for (std::size_t j = 0; j < columns_; ++j) set_lane(step_[j], k, direction_[j]);
    return true;
  }

  double decrement(std::size_t k) const {
    double sum = 0.0;
    for (std::size_t j = 0; j < columns_; ++j) sum += lane(step_[j], k) * lane(at_.score[j], k);
    return sum;
  }
  std::span<const double> read(std::span<const V> values, std::size_t k) {
    for (std::size_t j = 0; j < columns_; ++j) direction_[j] = lane(values[j], k);
    return direction_;
  }
  double range(std::span<const V> values, std::size_t k) { return risk_sets_.range_along(read(values, k), k); }
  bool rises_without_end(std::size_t k) { return risk_sets_.rises_along(read(step_, k), 1e-4, k); }
  bool has_no_maximum_exactly(std::size_t k) const {
    const double up = 1.0, down = -1.0;
    return risk_sets_.rises_along({&up, 1}, 0.0, k) || risk_sets_.rises_along({&down, 1}, 0.0, k);
  }

  void finish(FineGrayFit<V>& fit, std::size_t k) {
    if (stage_[k] != Stage::done) fit.status[k] = rises_without_end(k) ? Status::separation : Status::did_not_converge;
    if (fit.status[k] == Status::ok && !solve_step(k, 0.0)) fit.status[k] = Status::singular;
    // The likelihood has levelled off; at a maximum so has the linear predictor, without one it moves on by about 1.
    if (fit.status[k] == Status::ok && !(range(step_, k) < 0.01)) {
      fit.status[k] = rises_without_end(k) ? Status::separation : Status::did_not_converge;
    }
    if (fit.status[k] == Status::ok) write(fit, k);
  }

  // inverse information * squared influences * inverse information; factor_ is that of the lane.
  void write(FineGrayFit<V>& fit, std::size_t k) {
    set_lane(fit.log_likelihood, k, lane(at_.log_likelihood, k));
    for (int side = 0; side < 2; ++side) {
      for (std::size_t i = 0; i < columns_; ++i) {  // row i of the symmetric, then of the transposed half-way product
        for (std::size_t j = 0; j < columns_; ++j) {
          direction_[j] = side == 0 ? lane(squares_[i * columns_ + j], k) : product_[j * columns_ + i];
        }
        cholesky_solve(factor_, direction_);
        for (std::size_t j = 0; j < columns_; ++j) {
          if (side == 0) {
            product_[i * columns_ + j] = direction_[j];
          } else {
            const double units = risk_sets_.unit(i) * risk_sets_.unit(j);
            set_lane(fit.variance[i * columns_ + j], k, direction_[j] / units);
          }
        }
      }
    }
    for (std::size_t j = 0; j < columns_; ++j) {
      set_lane(fit.coefficient[j], k, lane(beta_[j], k) / risk_sets_.unit(j));
      set_lane(fit.standard_error[j], k, std::sqrt(lane(fit.variance[j * columns_ + j], k)));
    }
  }

  FineGrayRiskSets<V>& risk_sets_;
  std::size_t columns_;
  std::span<V> beta_, tried_, step_, squares_;
  std::span<double> direction_, factor_, product_;
  FineGrayDerivatives<V> at_;
  std::array<Stage, lane_count<V>> stage_{};
  std::array<double, lane_count<V>> reached_{};
};

}  // namespace

template <Weight V>
FineGrayFit<V> fine_gray(const SurvivalTable& table, const FineGrayModel& model, std::span<const V> weight,
                         Arena& arena) {
  FineGrayFit<V> fit;
  fit.coefficient = arena.take<V>(model.columns, broadcast<V>(missing));
  fit.standard_error = arena.take<V>(model.columns, broadcast<V>(missing));
  fit.variance = arena.take<V>(model.columns * model.columns, broadcast<V>(missing));
  const Arena::Scope scope(arena);
  FineGrayRiskSets<V> risk_sets(table, model, weight, arena);
  fit.n = risk_sets.n();
  fit.n_events = risk_sets.n_events();
  Newton<V>(risk_sets, arena).run(fit, arena);
  return fit;
}

EstimableColumns estimable_columns(const SurvivalTable& table, const FineGrayModel& model, Arena& arena) {
  FineGrayRiskSets<double> risk_sets(table, model, {}, arena);
  const std::size_t columns = model.columns;
  FineGrayDerivatives<double> at{0.0, arena.take<double>(columns), arena.take<double>(columns * columns)};
  risk_sets.evaluate(arena.take<double>(columns, 0.0), at);
  double largest = 0.0;
  for (std::size_t j = 0; j < columns; ++j) largest = std::max(largest, at.information[j * columns + j]);
  return estimable_columns(at.information, columns, smallest_pivot(largest, risk_sets.n_events()), arena);
}

template FineGrayFit<double> fine_gray(const SurvivalTable&, const FineGrayModel&, std::span<const double>, Arena&);
template FineGrayFit<Lanes> fine_gray(const SurvivalTable&, const FineGrayModel&, std::span<const Lanes>, Arena&);

}  // namespace oligosim

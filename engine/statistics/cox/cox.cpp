#include "engine/statistics/cox/cox.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/numeric/cholesky.hpp"
#include "engine/statistics/cox/cox_likelihood.hpp"
#include "engine/statistics/cox/cox_maximum.hpp"
#include "engine/statistics/cox/cox_score_root.hpp"

namespace oligosim {

namespace {

// Newton's method with the steps, the halving and the stopping rule of coxph, so that an early stop is the same stop.
// It is told the derivatives at next() until it is finished(); with lanes, each resample has its own.
template <class Likelihood>
class Newton {
 public:
  Newton(const Likelihood& likelihood, std::size_t k, const CoxOptions& options, CoxFit& fit, Arena& arena)
      : likelihood_(&likelihood), k_(k), options_(&options), fit_(&fit), finished_(fit.status != Status::ok) {
    const std::size_t columns = likelihood.columns();
    const std::span<double> all = arena.take<double>((3 + columns) * columns, 0.0);
    beta_ = all.first(columns);
    next_ = all.subspan(columns, columns);
    step_ = all.subspan(2 * columns, columns);
    factor_ = all.subspan(3 * columns);
    for (std::size_t j = 0; j < options.initial.size(); ++j) {
      next_[j] = beta_[j] = options.initial[j] * likelihood.unit(j, k);
    }
  }

  bool finished() const { return finished_; }
  std::span<const double> next() const { return next_; }

  void take(const CoxDerivatives<double>& at) {
    at_ = &at;
    if (fit_->iterations == 0) {
      begin();
    } else {
      go_on();
    }
  }

 private:
  std::size_t columns() const { return likelihood_->columns(); }

  void begin() {
    const bool at_zero = options_->initial.empty();
    reached_ = at_->log_likelihood;
    if (at_zero) fit_->null_log_likelihood = reached_;
    if (!solve_step(fit_->n_events)) return finish(Status::singular);
    if (at_zero) fit_->score_test = dot(at_->score, step_);
    if (at_zero && columns() == 1) fit_->null_score = at_->score[0];
    if (columns() == 1 && has_no_maximum_exactly()) return finish(Status::separation);
    if (options_->max_iterations < 1) return fail();
    advance();
  }

  void go_on() {
    const double now = at_->log_likelihood;
    if (halvings_ == 0 && std::abs(now - reached_) <= options_->tolerance * std::abs(now)) {
      const bool settled = solve_step(0.0) && !still_moving();
      return settled ? finish(Status::ok) : fail();
    }
    if (fit_->iterations == options_->max_iterations) return fail();
    if (!(now >= reached_)) {  // also where it overflowed
      ++fit_->iterations;
      ++halvings_;
      for (std::size_t j = 0; j < columns(); ++j) next_[j] = (next_[j] + halvings_ * beta_[j]) / (halvings_ + 1);
      return;
    }
    halvings_ = 0;
    reached_ = now;
    if (!solve_step(0.0)) return fail();
    // Hazards e^15 apart: seldom a maximum ahead, and soon too far out for the arithmetic to tell.
    if (likelihood_->range_along(next_, k_) > 15.0 && rises_without_end()) return finish(Status::separation);
    advance();
  }

  void advance() {
    for (std::size_t j = 0; j < columns(); ++j) {
      beta_[j] = next_[j];
      next_[j] += step_[j];
    }
    ++fit_->iterations;
  }

  // step = information^-1 score. The floor catches a covariate constant within each risk set.
  bool solve_step(double events) {
    if (columns() == 1) return solve_one(events);
    std::copy(at_->information.begin(), at_->information.end(), factor_.begin());
    if (!cholesky(factor_, columns(), smallest_pivot(at_->information, columns(), events))) return false;
    std::copy(at_->score.begin(), at_->score.end(), step_.begin());
    cholesky_solve(factor_, step_);
    return true;
  }

  // The same of one column, with its bits.
  bool solve_one(double events) {
    if (!(at_->information[0] > smallest_pivot(at_->information, 1, events))) return false;
    factor_[0] = std::sqrt(at_->information[0]);
    step_[0] = at_->score[0] / factor_[0] / factor_[0];
    return true;
  }

  bool has_no_maximum_exactly() {
    for (const double side : {1.0, -1.0}) {
      if (!likelihood_->rises_along({&side, 1}, 0.0, k_)) continue;
      step_[0] = side;
      return true;
    }
    return false;
  }

  bool rises_without_end() const { return likelihood_->rises_along(step_, 1e-4, k_); }

  // The likelihood has levelled off; at a maximum so has the linear predictor, without one it moves on by about 1.
  bool still_moving() const { return !(likelihood_->range_along(step_, k_) < 0.01); }

  void fail() { finish(rises_without_end() ? Status::separation : Status::did_not_converge); }

  void finish(Status status) {
    finished_ = true;
    fit_->status = status;
    if (status == Status::separation)
      for (std::size_t j = 0; j < columns(); ++j) fit_->direction[j] = step_[j] / likelihood_->unit(j, k_);
    if (status != Status::ok) return;
    fit_->log_likelihood = at_->log_likelihood;
    write_maximum(*likelihood_, k_, next_, at_->information, factor_, *fit_);
  }

  const Likelihood* likelihood_;
  std::size_t k_;
  const CoxOptions* options_;
  CoxFit* fit_;
  std::span<double> beta_, next_, step_, factor_;
  const CoxDerivatives<double>* at_ = nullptr;
  double reached_ = 0.0;
  int halvings_ = 0;
  bool finished_;
};

CoxFit empty_fit(std::size_t columns, Arena& arena) {
  CoxFit fit;
  const std::span<double> all = arena.take<double>((3 + columns) * columns, missing);
  fit.coefficient = all.first(columns);
  fit.standard_error = all.subspan(columns, columns);
  fit.direction = all.subspan(2 * columns, columns);
  fit.variance = all.subspan(3 * columns);
  return fit;
}

/// Rows and events, by their weights.
template <Weight V>
struct RowCounts {
  V n, n_events;
};

template <Weight V>
RowCounts<V> count(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const V> weight) {
  Parts<V> n{}, n_events{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (!holds_time(table, covariates, i)) continue;
    const double event = table.event[i] ? 1.0 : 0.0;
    for (std::size_t p = 0; p < part_count<V>; ++p) {
      const Part<V> w = weight.empty() ? broadcast<Part<V>>(1.0) : part(weight[i], p);
      n[p] += w;
      n_events[p] += w * event;
    }
  }
  RowCounts<V> counts;
  set_parts(counts.n, n);
  set_parts(counts.n_events, n_events);
  return counts;
}

template <Weight V>
void note_counts(const RowCounts<V>& counts, std::span<CoxFit> fits) {
  for (std::size_t k = 0; k < fits.size(); ++k) {
    fits[k].n = lane(counts.n, k);
    fits[k].n_events = lane(counts.n_events, k);
    if (fits[k].n_events == 0.0) fits[k].status = Status::no_events;
  }
}

CoxDerivatives<double> take_derivatives(std::size_t columns, Arena& arena) {
  return {0.0, arena.take<double>(columns), arena.take<double>(columns * columns)};
}

template <class Likelihood>
void maximize(const Likelihood& likelihood, const CoxOptions& options, CoxFit& fit, Arena& arena) {
  CoxDerivatives<double> at = take_derivatives(likelihood.columns(), arena);
  Newton<Likelihood> newton(likelihood, 0, options, fit, arena);
  while (!newton.finished()) {
    likelihood.evaluate(newton.next(), at);
    newton.take(at);
  }
}

// f(0), f(1), ... in an array.
template <std::size_t count, class F>
auto array_of(const F& f) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) { return std::array{f(k)...}; }
  (std::make_index_sequence<count>());
}

// A finished resample keeps its result while the others go on.
template <Weight V, class Likelihood>
void maximize(const Likelihood& likelihood, const CoxOptions& options, std::span<CoxFit> fits, Arena& arena) {
  constexpr std::size_t count = lane_count<V>;
  const std::size_t columns = likelihood.columns();
  auto newton =
      array_of<count>([&](std::size_t k) { return Newton<Likelihood>(likelihood, k, options, fits[k], arena); });
  const auto finished = [](const Newton<Likelihood>& n) { return n.finished(); };
  const std::span<V> beta = arena.take<V>(columns, V{});
  CoxDerivatives<V> all{{}, arena.take<V>(columns), arena.take<V>(columns * columns)};
  CoxDerivatives<double> one = take_derivatives(columns, arena);
  while (!std::all_of(newton.begin(), newton.end(), finished)) {
    for (std::size_t k = 0; k < count; ++k) {
      for (std::size_t j = 0; j < columns; ++j) beta[j][k] = newton[k].next()[j];
    }
    likelihood.evaluate(beta, all);
    for (std::size_t k = 0; k < count; ++k) {
      if (newton[k].finished()) continue;
      one.log_likelihood = all.log_likelihood[k];
      for (std::size_t j = 0; j < columns; ++j) one.score[j] = all.score[j][k];
      for (std::size_t j = 0; j < columns * columns; ++j) one.information[j] = all.information[j][k];
      newton[k].take(one);
    }
  }
}

bool none_possible(std::span<const CoxFit> fits) {
  return std::ranges::all_of(fits, [](const CoxFit& fit) { return fit.status != Status::ok; });
}

void fit_half(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const Lanes> weight,
              std::size_t half, const CoxOptions& options, std::span<CoxFit> all, Arena& arena) {
  const Arena::Scope scope(arena);
  const std::span<CoxFit> fits = all.subspan(half * lane_count<HalfLanes>, lane_count<HalfLanes>);
  const std::span<HalfLanes> own = arena.take<HalfLanes>(weight.size());
  for (std::size_t i = 0; i < own.size(); ++i) own[i] = part(weight[i], half);
  note_counts(count<HalfLanes>(table, covariates, own), fits);
  if (none_possible(fits)) return;
  maximize<HalfLanes>(RiskSetLikelihood<HalfLanes>(table, covariates, own, options.ties, arena), options, fits, arena);
}

}  // namespace

CoxFit cox(const SurvivalTable& table, const CoxCovariates& covariates, std::span<const double> weight,
           const CoxOptions& options, Arena& arena) {
  CoxFit fit = empty_fit(covariates.columns, arena);
  const Arena::Scope scope(arena);
  note_counts(count(table, covariates, weight), {&fit, 1});
  if (fit.status != Status::ok) return fit;
  with_partial_likelihood(table, covariates, weight, options.ties, arena, [&](const auto& likelihood) {
    if (options.penalty == Penalty::firth) {
      maximize_penalized(likelihood, fit, arena);
    } else {
      maximize(likelihood, options, fit, arena);
    }
  });
  return fit;
}

CoxResamples::CoxResamples(const SurvivalTable& table, const CoxCovariates& covariates,
                           std::span<const std::uint32_t> row, Arena& arena)
    : table_(table), covariates_(covariates), row_(row), group_(as_groups(covariates, arena)) {
  if (group_.empty() || !covariates.start.empty()) return;
  times_.emplace(table, group_, covariates.stratum, covariates.strata, row, arena);
}

std::span<const Lanes> CoxResamples::in_table_order(const CaseWeights& weight, Arena& arena) const {
  return row_.empty() ? weight.numbers(arena) : weight.numbers_of(row_, arena);
}

// Calls use(likelihood, counts). By counts of patients where the weights are whole, and not too many.
template <class Use>
auto CoxResamples::with_two_groups(const CaseWeights& weight, Ties ties, Arena& arena, const Use& use) const {
  if (times_ && ties == Ties::efron) {
    if (const std::optional<WholeDenominators> whole = times_->denominators(weight, arena)) {
      return use(TwoGroupLikelihood<Lanes>({whole->pair, {}}, whole->events[0], whole->events[1], whole->constant),
                 RowCounts<Lanes>{whole->n, whole->n_events});
    }
  }
  const std::span<const Lanes> number = in_table_order(weight, arena);
  return use(TwoGroupLikelihood<Lanes>(table_, group_, covariates_, number, ties, arena),
             count(table_, covariates_, number));
}

std::array<CoxFit, lanes> CoxResamples::fits(const CaseWeights& weight, const CoxOptions& options, Arena& arena) const {
  std::array<CoxFit, lanes> fits = array_of<lanes>([&](std::size_t) { return empty_fit(covariates_.columns, arena); });
  const Arena::Scope scope(arena);
  if (of_two_groups()) {
    with_two_groups(weight, options.ties, arena, [&](const auto& likelihood, const RowCounts<Lanes>& counts) {
      note_counts(counts, fits);
      maximize<Lanes>(likelihood, options, fits, arena);
    });
    return fits;
  }
  const std::span<const Lanes> number = in_table_order(weight, arena);
  for (std::size_t half = 0; half < 2; ++half) fit_half(table_, covariates_, number, half, options, fits, arena);
  return fits;
}

LogHazardRatios<Lanes> CoxResamples::log_hazard_ratios(const CaseWeights& weight, Ties ties, double start,
                                                       Arena& arena) const {
  const Arena::Scope scope(arena);
  return with_two_groups(weight, ties, arena, [&](const auto& likelihood, const RowCounts<Lanes>& counts) {
    return score_root(likelihood, counts.n_events, start);
  });
}

}  // namespace oligosim

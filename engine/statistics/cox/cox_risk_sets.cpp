#include <algorithm>
#include <limits>

#include "engine/statistics/cox/cox_likelihood.hpp"

namespace oligosim {

template <Weight V>
RiskSetLikelihood<V>::RiskSetLikelihood(const SurvivalTable& table, const CoxCovariates& covariates,
                                        std::span<const V> weight, Ties ties, Arena& arena)
    : columns_(covariates.columns),
      stride_(columns_ + 1),
      ties_(ties),
      rows_(arena.take<Row>(table.size())),
      x_(arena.take<V>(table.size() * stride_)),
      unit_(arena.take<V>(columns_, broadcast<V>(1.0))),
      at_risk_(arena.take<V>(sums_of(stride_))),
      dying_(arena.take<V>(sums_of(stride_))),
      fresh_(arena.take<V>(sums_of(stride_))),
      moment_(arena.take<V>(sums_of(stride_))),
      image_(arena.take<V>(columns_)) {
  const StratumOrder order = order_by_stratum(table.size(), covariates.stratum, covariates.strata, arena);
  end_ = arena.take<std::uint32_t>(order.end.size());
  if (!covariates.start.empty()) start_ = arena.take<double>(table.size());
  std::size_t n = 0, p = 0;
  for (std::size_t s = 0; s < order.end.size(); ++s) {
    for (; p < order.end[s]; ++p) {
      const std::size_t i = order.position[p];
      const V w = weight.empty() ? broadcast<V>(1.0) : weight[i];
      if (!any_above(w, 0.0) || !holds_time(table, covariates, i)) continue;
      rows_[n] = {table.time[i], table.event[i] != 0, w};
      if (!start_.empty()) start_[n] = covariates.start[i];
      for (std::size_t j = 0; j < columns_; ++j) {
        x_[n * stride_ + j] = broadcast<V>(covariates.values[j * table.size() + i]);
      }
      ++n;
    }
    end_[s] = static_cast<std::uint32_t>(n);
  }
  rows_ = rows_.first(n);
  standardize();
  linear_ = arena.take<V>(n);
  risk_ = arena.take<V>(n);
  if (start_.empty()) {
    if constexpr (std::same_as<V, double>) four_ = {rows_, end_, fours(arena), ties_};
    return;
  }
  start_ = start_.first(n);
  by_start_ = order_by_start(start_, end_, arena);
}

template <Weight V>
void RiskSetLikelihood<V>::standardize() {
  const std::size_t n = rows_.size();
  const V none{}, one = broadcast<V>(1.0);
  for (std::size_t j = 0; j < columns_; ++j) {
    V sum{}, weights{}, deviation{}, varies{}, first{};
    for (std::size_t i = n; i-- > 0;) first = rows_[i].weight > none ? x_[i * stride_ + j] : first;
    for (std::size_t i = 0; i < n; ++i) {
      const V& x = x_[i * stride_ + j];
      sum += rows_[i].weight * x;
      weights += rows_[i].weight;
      varies = (rows_[i].weight > none) & (x != first) ? one : varies;
    }
    // A constant becomes 0 exactly, not a rounding error: it has no information.
    const V mean = varies > none ? sum / weights : first;
    for (std::size_t i = 0; i < n; ++i) {
      const V difference = x_[i * stride_ + j] - mean;
      deviation += rows_[i].weight * (difference < none ? -difference : difference);
    }
    unit_[j] = varies > none ? deviation / weights : one;
    for (std::size_t i = 0; i < n; ++i) x_[i * stride_ + j] = (x_[i * stride_ + j] - mean) / unit_[j];
  }
}

// The covariates as FourColumns has them; none where they are more.
template <Weight V>
std::span<HalfLanes> RiskSetLikelihood<V>::fours(Arena& arena) const {
  if (columns_ > 4) return {};
  const std::span<HalfLanes> four = arena.take<HalfLanes>(rows_.size());
  for (std::size_t i = 0; i < four.size(); ++i)
    four[i] = from_lanes<HalfLanes>([&](std::size_t j) { return j < columns_ ? lane(x_[i * stride_ + j], 0) : 0.0; });
  return four;
}

template <Weight V>
V RiskSetLikelihood<V>::predictor(std::size_t i, std::span<const V> beta) const {
  V sum{};
  for (std::size_t j = 0; j < columns_; ++j) sum += x_[i * stride_ + j] * beta[j];
  return sum;
}

// A weight of 0 has no risk, be the exponential infinite.
template <Weight V>
void RiskSetLikelihood<V>::predict(std::span<const V> beta) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) risk_[i] = linear_[i] = predictor(i, beta);
  if constexpr (std::same_as<V, double>) {
    elementary::replace_each<HalfLanes>(risk_, [](const auto& x) { return elementary::exp(x); });
  } else {
    for (V& risk : risk_) risk = elementary::exp(risk);
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) risk_[i] = rows_[i].weight > V{} ? rows_[i].weight * risk_[i] : V{};
}

template <Weight V>
double RiskSetLikelihood<V>::predictor(std::size_t i, std::span<const double> beta, std::size_t k) const {
  double sum = 0.0;
  for (std::size_t j = 0; j < columns_; ++j) sum += lane(x_[i * stride_ + j], k) * beta[j];
  return sum;
}

template <Weight V>
void RiskSetLikelihood<V>::add(Sums sums, std::size_t width, const V& risk, std::size_t i) const {
  const V* x = &x_[i * stride_];
  V* to = sums.data();
  *to++ += risk;
  for (std::size_t j = 0; j < width; ++j) {
    const V part = risk * x[j];
    *to++ += part;
    for (std::size_t k = 0; k <= j; ++k) *to++ += part * x[k];
  }
}

// Moments of x, in the order of the sums, over those at risk without a share of those dying.
template <Weight V>
void RiskSetLikelihood<V>::remaining(Sums at_risk, Sums dying, const V& out, std::size_t width) const {
  const V part = at_risk[0] - out * dying[0], inverse = 1.0 / part;
  V* const to = moment_.data();
  const V *const all = at_risk.data(), *const leaving = dying.data();
  to[0] = part;
  const std::size_t count = sums_of(width);
#pragma GCC ivdep
  for (std::size_t m = 1; m < count; ++m) to[m] = (all[m] - out * leaving[m]) * inverse;
}

// event(row, predictor) for everybody with an event, then denominator(at risk, dying, share of those dying left out,
// how often) for each denominator at their time. The first `width` columns of x are summed.
template <Weight V>
template <class Event, class Denominator>
void RiskSetLikelihood<V>::for_each_event_time(std::span<const V> beta, std::size_t width, const Event& event,
                                               const Denominator& denominator) const {
  predict(beta);
  for (std::size_t s = 0; s < end_.size(); ++s) {
    const std::size_t begin = s == 0 ? 0 : end_[s - 1];
    Sweep sweep{begin, end_[s], begin, width, at_risk_.first(sums_of(width))};
    std::ranges::fill(sweep.at_risk, V{});
    for (std::size_t end = end_[s]; end > begin;) end = add_time(sweep, end, event, denominator);
  }
}

// The rows of the latest time before `end` join those at risk; returns where they begin.
template <Weight V>
template <class Event, class Denominator>
std::size_t RiskSetLikelihood<V>::add_time(Sweep& sweep, std::size_t end, const Event& event,
                                           const Denominator& denominator) const {
  const double time = rows_[end - 1].time;
  if (!start_.empty()) leave(sweep, time);
  const Sums dying = dying_.first(sums_of(sweep.width));
  V events{};
  bool none_yet = true;
  for (; end > sweep.begin && rows_[end - 1].time == time; --end) {
    const Row& row = rows_[end - 1];
    const V risk = risk_[end - 1];
    add(sweep.at_risk, sweep.width, risk, end - 1);
    if (!row.event) continue;
    if (none_yet) std::ranges::fill(dying, V{});
    none_yet = false;
    add(dying, sweep.width, risk, end - 1);
    events += row.weight;
    event(end - 1, linear_[end - 1]);
  }
  if (none_yet) return end;
  if (!start_.empty()) form_anew(sweep, end, events);
  for_each_denominator(ties_, events,
                       [&](const V& out, const V& times) { denominator(sweep.at_risk, dying, out, times); });
  return end;
}

// Those whose interval begins at `time` or later.
template <Weight V>
void RiskSetLikelihood<V>::leave(Sweep& sweep, double time) const {
  for (; sweep.left < sweep.end; ++sweep.left) {
    const std::size_t i = by_start_[sweep.left];
    if (start_[i] < time) break;
    add(sweep.at_risk, sweep.width, -risk_[i], i);
    sweep.gone += risk_[i];
  }
}

// Where more has left than is still at risk by far, subtraction has cost digits: sums over those at risk, from the
// first of the current time on.
template <Weight V>
void RiskSetLikelihood<V>::form_anew(Sweep& sweep, std::size_t first, const V& events) const {
  const V none{}, bound = broadcast<V>(10.0) * sweep.at_risk[0];
  const V kept = (sweep.gone <= bound) | (events <= none) ? broadcast<V>(1.0) : none;  // not so where it overflowed
  const auto stale = kept == none;
  if (!any_above(V(broadcast<V>(1.0) - kept), 0.0)) return;
  const Sums fresh = fresh_.first(sums_of(sweep.width));
  std::ranges::fill(fresh, V{});
  for (std::size_t i = sweep.end; i-- > first;) {
    if (start_[i] < rows_[first].time) add(fresh, sweep.width, risk_[i], i);
  }
  for (std::size_t m = 0; m < fresh.size(); ++m) sweep.at_risk[m] = stale ? fresh[m] : sweep.at_risk[m];
  sweep.gone = stale ? none : sweep.gone;
}

template <Weight V>
void RiskSetLikelihood<V>::evaluate(std::span<const V> beta, CoxDerivatives<V>& at) const {
  if constexpr (std::same_as<V, double>) {
    if (!four_.x.empty()) return evaluate_four(beta, at);
  }
  at.log_likelihood = V{};
  std::fill(at.score.begin(), at.score.end(), V{});
  std::fill(at.information.begin(), at.information.end(), V{});
  LogSum<V> logarithms;
  const auto event = [&](std::size_t i, const V& linear) {
    at.log_likelihood += rows_[i].weight * linear;
    for (std::size_t j = 0; j < columns_; ++j) at.score[j] += rows_[i].weight * x_[i * stride_ + j];
  };
  const auto denominator = [&](Sums at_risk, Sums dying, const V& out, const V& times) {
    remaining(at_risk, dying, out, columns_);
    logarithms.add(moment_[0], times);
    for (std::size_t j = 0; j < columns_; ++j) {
      const V mean = moment_[first_of(j)];
      at.score[j] -= where_positive(times, times * mean);
      for (std::size_t l = 0; l <= j; ++l) {
        const V covariance = moment_[second_of(j, l)] - mean * moment_[first_of(l)];
        at.information[j * columns_ + l] += where_positive(times, times * covariance);
      }
    }
  };
  for_each_event_time(beta, columns_, event, denominator);
  at.log_likelihood -= logarithms.value();
  for (std::size_t j = 0; j < columns_; ++j) {
    for (std::size_t k = 0; k < j; ++k) at.information[k * columns_ + j] = at.information[j * columns_ + k];
  }
}

template <Weight V>
void RiskSetLikelihood<V>::evaluate_four(std::span<const double> beta, CoxDerivatives<double>& at) const {
  if constexpr (std::same_as<V, double>) {
    predict(beta);
    const FourDerivatives four = derivatives(four_, linear_, risk_);
    at.log_likelihood = four.log_likelihood;
    for (std::size_t j = 0; j < columns_; ++j) {
      at.score[j] = four.score[j];
      for (std::size_t l = 0; l <= j; ++l)
        at.information[j * columns_ + l] = at.information[l * columns_ + j] = four.information[j][l];
    }
  }
}

// dI/dbeta_r is a sum of third central moments. With A the inverse, q = x'Ax and m the mean of x over a risk set,
// tr(A dI/dbeta_r) adds up E[(x_r - m_r) (x - m)'A(x - m)] = cov(x_r, q) - 2 cov(x_r, x)'Am: q is one more column.
template <Weight V>
void RiskSetLikelihood<V>::penalty_gradient(std::span<const V> beta, std::span<const V> inverse,
                                            std::span<V> gradient) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    V* x = &x_[i * stride_];
    x[columns_] = V{};
    for (std::size_t j = 0; j < columns_; ++j) {
      for (std::size_t l = 0; l < columns_; ++l) x[columns_] += x[j] * inverse[j * columns_ + l] * x[l];
    }
  }
  std::fill(gradient.begin(), gradient.end(), V{});
  const auto denominator = [&](Sums at_risk, Sums dying, const V& out, const V& times) {
    remaining(at_risk, dying, out, stride_);
    const auto covariance = [&](std::size_t j, std::size_t l) {
      const V product = moment_[first_of(j)] * moment_[first_of(l)];
      return V(moment_[second_of(std::max(j, l), std::min(j, l))] - product);
    };
    for (std::size_t j = 0; j < columns_; ++j) {
      image_[j] = V{};
      for (std::size_t l = 0; l < columns_; ++l) image_[j] += inverse[j * columns_ + l] * moment_[first_of(l)];
    }
    for (std::size_t r = 0; r < columns_; ++r) {
      V third = covariance(r, columns_);
      for (std::size_t l = 0; l < columns_; ++l) third -= 2.0 * covariance(r, l) * image_[l];
      gradient[r] += where_positive(times, 0.5 * times * third);
    }
  };
  for_each_event_time(
      beta, stride_, [](std::size_t, const V&) {}, denominator);
}

template <Weight V>
double RiskSetLikelihood<V>::range_along(std::span<const double> direction, std::size_t k) const {
  double lowest = std::numeric_limits<double>::infinity(), highest = -lowest;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (lane(rows_[i].weight, k) == 0.0) continue;
    const double value = predictor(i, direction, k);
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  return highest - lowest;
}

template <Weight V>
bool RiskSetLikelihood<V>::rises_along(std::span<const double> direction, double tolerance, std::size_t k) const {
  const double slack = tolerance * range_along(direction, k);
  for (std::size_t s = 0; s < end_.size(); ++s) {
    const std::size_t begin = s == 0 ? 0 : end_[s - 1];
    double largest = -std::numeric_limits<double>::infinity();
    for (std::size_t end = end_[s]; end > begin;) {
      const double time = rows_[end - 1].time;
      std::size_t first = end;
      bool any_event = false;
      for (; first > begin && rows_[first - 1].time == time; --first) {
        if (lane(rows_[first - 1].weight, k) == 0.0) continue;
        largest = std::max(largest, predictor(first - 1, direction, k));
        any_event = any_event || rows_[first - 1].event;
      }
      if (!start_.empty() && any_event) largest = largest_at_risk(direction, first, end_[s], k);
      for (; end > first; --end) {
        const Row& row = rows_[end - 1];
        if (!row.event || lane(row.weight, k) == 0.0) continue;
        if (predictor(end - 1, direction, k) < largest - slack) return false;
      }
    }
  }
  return true;
}

// Of direction'x, over those of the rows [first, end) who are at risk at the time of the first.
template <Weight V>
double RiskSetLikelihood<V>::largest_at_risk(std::span<const double> direction, std::size_t first, std::size_t end,
                                             std::size_t k) const {
  double largest = -std::numeric_limits<double>::infinity();
  for (std::size_t i = first; i < end; ++i) {
    if (lane(rows_[i].weight, k) == 0.0 || !(start_[i] < rows_[first].time)) continue;
    largest = std::max(largest, predictor(i, direction, k));
  }
  return largest;
}

template class RiskSetLikelihood<double>;
template class RiskSetLikelihood<HalfLanes>;

}  // namespace oligosim

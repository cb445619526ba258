#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/cox_likelihood.hpp"

namespace oligosim {

namespace {

// f(x) in the resamples in which `test` is positive, else 0: an exp or a log costs more than the question.
template <Weight V, class F>
V evaluated_where_positive(const V& test, const V& x, const F& f) {
  if constexpr (std::same_as<V, double>) {
    return test > 0.0 ? f(x) : 0.0;
  } else {
    V y{};
    for (std::size_t k = 0; k < lane_count<V>; ++k) {
      if (test[k] > 0.0) y[k] = f(x[k]);
    }
    return y;
  }
}

}  // namespace

template <Weight V>
RiskSetLikelihood<V>::RiskSetLikelihood(const SurvivalTable& table, const CoxCovariates& covariates,
                                        std::span<const V> weight, Ties ties, Arena& arena)
    : columns_(covariates.columns),
      stride_(columns_ + 1),
      ties_(ties),
      rows_(arena.take<Row>(table.size())),
      x_(arena.take<V>(table.size() * stride_)),
      unit_(arena.take<V>(columns_, broadcast<V>(1.0))),
      at_risk_(take_sums(arena)),
      dying_(take_sums(arena)),
      fresh_(take_sums(arena)),
      mean_(arena.take<V>(stride_)),
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
  if (start_.empty()) return;
  start_ = start_.first(n);
  by_start_ = order_by_start(start_, end_, arena);
  risk_ = arena.take<V>(n);
}

template <Weight V>
typename RiskSetLikelihood<V>::Sums RiskSetLikelihood<V>::take_sums(Arena& arena) const {
  return {V{}, arena.take<V>(stride_), arena.take<V>(stride_ * stride_)};
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

template <Weight V>
V RiskSetLikelihood<V>::predictor(std::size_t i, std::span<const V> beta) const {
  V sum{};
  for (std::size_t j = 0; j < columns_; ++j) sum += x_[i * stride_ + j] * beta[j];
  return sum;
}

template <Weight V>
double RiskSetLikelihood<V>::predictor(std::size_t i, std::span<const double> beta, std::size_t k) const {
  double sum = 0.0;
  for (std::size_t j = 0; j < columns_; ++j) sum += lane(x_[i * stride_ + j], k) * beta[j];
  return sum;
}

template <Weight V>
void RiskSetLikelihood<V>::clear(Sums& sums, std::size_t width) const {
  sums.risk = V{};
  for (std::size_t j = 0; j < width; ++j) {
    sums.first[j] = V{};
    for (std::size_t k = 0; k <= j; ++k) sums.second[j * stride_ + k] = V{};
  }
}

template <Weight V>
void RiskSetLikelihood<V>::add(Sums& sums, std::size_t width, const V& risk, std::size_t i) const {
  const V* x = &x_[i * stride_];
  sums.risk += risk;
  for (std::size_t j = 0; j < width; ++j) {
    const V part = risk * x[j];
    sums.first[j] += part;
    for (std::size_t k = 0; k <= j; ++k) sums.second[j * stride_ + k] += part * x[k];
  }
}

// event(row, predictor) for everybody with an event, then denominator(at risk, dying, share of those dying left out,
// how often) for each denominator at their time. The first `width` columns of x are summed.
template <Weight V>
template <class Event, class Denominator>
void RiskSetLikelihood<V>::for_each_event_time(std::span<const V> beta, std::size_t width, const Event& event,
                                               const Denominator& denominator) const {
  for (std::size_t s = 0; s < end_.size(); ++s) {
    const std::size_t begin = s == 0 ? 0 : end_[s - 1];
    Sweep sweep{begin, end_[s], begin, width, at_risk_};
    clear(sweep.at_risk, width);
    for (std::size_t end = end_[s]; end > begin;) end = add_time(sweep, end, beta, event, denominator);
  }
}

// The rows of the latest time before `end` join those at risk; returns where they begin.
template <Weight V>
template <class Event, class Denominator>
std::size_t RiskSetLikelihood<V>::add_time(Sweep& sweep, std::size_t end, std::span<const V> beta, const Event& event,
                                           const Denominator& denominator) const {
  const double time = rows_[end - 1].time;
  if (!start_.empty()) leave(sweep, time);
  Sums dying = dying_;
  V events{};
  bool none_yet = true;
  for (; end > sweep.begin && rows_[end - 1].time == time; --end) {
    const Row& row = rows_[end - 1];
    const V linear = predictor(end - 1, beta);
    const V risk = row.weight * evaluated_where_positive(row.weight, linear, [](double v) { return std::exp(v); });
    add(sweep.at_risk, sweep.width, risk, end - 1);
    if (!start_.empty()) risk_[end - 1] = risk;
    if (!row.event) continue;
    if (none_yet) clear(dying, sweep.width);
    none_yet = false;
    add(dying, sweep.width, risk, end - 1);
    events += row.weight;
    event(end - 1, linear);
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
  const V none{}, bound = broadcast<V>(10.0) * sweep.at_risk.risk;
  const V kept = (sweep.gone <= bound) | (events <= none) ? broadcast<V>(1.0) : none;  // not so where it overflowed
  const auto stale = kept == none;
  if (!any_above(V(broadcast<V>(1.0) - kept), 0.0)) return;
  Sums fresh = fresh_;
  clear(fresh, sweep.width);
  for (std::size_t i = sweep.end; i-- > first;) {
    if (start_[i] < rows_[first].time) add(fresh, sweep.width, risk_[i], i);
  }
  sweep.at_risk.risk = stale ? fresh.risk : sweep.at_risk.risk;
  for (std::size_t j = 0; j < sweep.width; ++j) {
    sweep.at_risk.first[j] = stale ? fresh.first[j] : sweep.at_risk.first[j];
    for (std::size_t k = j * stride_; k <= j * stride_ + j; ++k) {
      sweep.at_risk.second[k] = stale ? fresh.second[k] : sweep.at_risk.second[k];
    }
  }
  sweep.gone = stale ? none : sweep.gone;
}

template <Weight V>
void RiskSetLikelihood<V>::evaluate(std::span<const V> beta, CoxDerivatives<V>& at) const {
  at.log_likelihood = V{};
  std::fill(at.score.begin(), at.score.end(), V{});
  std::fill(at.information.begin(), at.information.end(), V{});
  const auto event = [&](std::size_t i, const V& linear) {
    at.log_likelihood += rows_[i].weight * linear;
    for (std::size_t j = 0; j < columns_; ++j) at.score[j] += rows_[i].weight * x_[i * stride_ + j];
  };
  const auto denominator = [&](const Sums& at_risk, const Sums& dying, const V& out, const V& times) {
    const V part = at_risk.risk - out * dying.risk;
    at.log_likelihood -= times * evaluated_where_positive(times, part, [](double v) { return std::log(v); });
    for (std::size_t j = 0; j < columns_; ++j) {
      mean_[j] = (at_risk.first[j] - out * dying.first[j]) / part;
      at.score[j] -= where_positive(times, times * mean_[j]);
      for (std::size_t l = 0; l <= j; ++l) {
        const V second = (at_risk.second[j * stride_ + l] - out * dying.second[j * stride_ + l]) / part;
        at.information[j * columns_ + l] += where_positive(times, times * (second - mean_[j] * mean_[l]));
      }
    }
  };
  for_each_event_time(beta, columns_, event, denominator);
  for (std::size_t j = 0; j < columns_; ++j) {
    for (std::size_t k = 0; k < j; ++k) at.information[k * columns_ + j] = at.information[j * columns_ + k];
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
  const auto denominator = [&](const Sums& at_risk, const Sums& dying, const V& out, const V& times) {
    const V part = at_risk.risk - out * dying.risk;
    for (std::size_t j = 0; j < stride_; ++j) mean_[j] = (at_risk.first[j] - out * dying.first[j]) / part;
    const auto covariance = [&](std::size_t j, std::size_t l) {
      const std::size_t at = std::max(j, l) * stride_ + std::min(j, l);
      return V((at_risk.second[at] - out * dying.second[at]) / part - mean_[j] * mean_[l]);
    };
    for (std::size_t j = 0; j < columns_; ++j) {
      image_[j] = V{};
      for (std::size_t l = 0; l < columns_; ++l) image_[j] += inverse[j * columns_ + l] * mean_[l];
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

#include "engine/statistics/survival/fine_gray_risk_sets.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {

namespace {

// Risks of patients of weight 0 may overflow, and G be 0 where a lane has nobody.
template <Weight V>
V weighted(V weight, V risk) {
  return weight > 0.0 ? weight * risk : V{};
}
template <Weight V>
V per_free(V value, V free) {
  return free > 0.0 ? value / free : V{};
}

}  // namespace

template <Weight V>
FineGrayRiskSets<V>::FineGrayRiskSets(const SurvivalTable& table, const FineGrayModel& model, std::span<const V> weight,
                                      Arena& arena)
    : columns_(model.columns),
      x_(arena.take<double>(table.size() * columns_)),
      unit_(arena.take<double>(columns_)),
      end_(arena.take<End>(table.size())),
      weight_(arena.take<V>(table.size())),
      risk_(arena.take<V>(table.size())),
      times_(arena.take<Time>(table.size())),
      running_(arena.take<V>(sums())),
      highest_before_(arena.take<double>(table.size())) {
  const std::size_t rows = table.size();
  for (std::size_t i = 0; i < rows; ++i) {
    end_[i] = model.cause[i] == 0 ? End::censored : model.cause[i] == model.interest ? End::interest : End::other;
    weight_[i] = weight.empty() ? broadcast<V>(1.0) : weight[i];
    for (std::size_t j = 0; j < columns_; ++j) x_[i * columns_ + j] = model.covariates[j * rows + i];
  }
  standardize();
  collect_times(table);
  risk_sets_ = arena.take<V>(times_.size() * sums());
}

template <Weight V>
void FineGrayRiskSets<V>::standardize() {
  const std::size_t rows = end_.size();
  for (std::size_t j = 0; j < columns_; ++j) {
    double mean = 0.0, deviation = 0.0;
    for (std::size_t i = 0; i < rows; ++i) mean += x_[i * columns_ + j] / static_cast<double>(rows);
    for (std::size_t i = 0; i < rows; ++i) deviation += std::abs(x_[i * columns_ + j] - mean);
    unit_[j] = deviation > 0.0 ? deviation / static_cast<double>(rows) : 1.0;
    for (std::size_t i = 0; i < rows; ++i) x_[i * columns_ + j] = (x_[i * columns_ + j] - mean) / unit_[j];
  }
}

template <Weight V>
void FineGrayRiskSets<V>::collect_times(const SurvivalTable& table) {
  std::size_t count = 0;
  for (std::size_t begin = 0, end = 0; begin < table.size(); begin = end) {
    Time& time = times_[count++] = Time{.begin = begin};
    for (end = begin; end < table.size() && table.time[end] == table.time[begin]; ++end) {
      time.at_risk += weight_[end];
      if (end_[end] == End::censored) time.censored += weight_[end];
      if (end_[end] == End::interest) time.events += weight_[end];
    }
    time.end = end;
    n_events_ += time.events;
  }
  times_ = times_.first(count);
  for (std::size_t t = count; t-- > 0;) times_[t].at_risk = n_ += times_[t].at_risk;
  V free = broadcast<V>(1.0);
  for (Time& time : times_) {
    time.free = free;
    free = time.censored > 0.0 ? free * (time.at_risk - time.censored) / time.at_risk : free;
  }
}

template <Weight V>
void FineGrayRiskSets<V>::set_risks(std::span<const V> beta) {
  for (std::size_t i = 0; i < risk_.size(); ++i) {
    V predictor{};
    for (std::size_t j = 0; j < columns_; ++j) predictor += beta[j] * x(i)[j];
    risk_[i] = exp_of(predictor);
  }
}

template <Weight V>
void FineGrayRiskSets<V>::add(std::span<V> sum, V risk, std::span<const double> x) const {
  std::size_t at = 0;
  sum[at++] += risk;
  for (std::size_t j = 0; j < columns_; ++j) sum[at++] += risk * x[j];
  for (std::size_t j = 0; j < columns_; ++j) {
    for (std::size_t k = 0; k <= j; ++k) sum[at++] += risk * (x[j] * x[k]);
  }
}

// Those followed to each time, from the last backwards; then those with an earlier event of another cause.
template <Weight V>
void FineGrayRiskSets<V>::sum_risk_sets(std::span<const V> beta) {
  set_risks(beta);
  std::fill(running_.begin(), running_.end(), V{});
  for (std::size_t t = times_.size(); t-- > 0;) {
    for (std::size_t i = times_[t].begin; i < times_[t].end; ++i) add(running_, weighted(weight_[i], risk_[i]), x(i));
    std::copy(running_.begin(), running_.end(), risk_set(t).begin());
  }
  std::fill(running_.begin(), running_.end(), V{});
  for (std::size_t t = 0; t < times_.size(); ++t) {
    const Time& time = times_[t];
    const std::span<V> sum = risk_set(t);
    for (std::size_t s = 0; s < sum.size(); ++s) sum[s] += time.free * running_[s];
    for (std::size_t i = time.begin; i < time.end; ++i) {
      if (end_[i] == End::other) add(running_, per_free(weighted(weight_[i], risk_[i]), time.free), x(i));
    }
  }
}

template <Weight V>
void FineGrayRiskSets<V>::evaluate(std::span<const V> beta, FineGrayDerivatives<V>& at) {
  sum_risk_sets(beta);
  at.log_likelihood = V{};
  std::fill(at.score.begin(), at.score.end(), V{});
  std::fill(at.information.begin(), at.information.end(), V{});
  for (std::size_t t = 0; t < times_.size(); ++t) {
    if (!any_above(times_[t].events, 0.0)) continue;
    for (std::size_t i = times_[t].begin; i < times_[t].end; ++i) {
      if (end_[i] != End::interest) continue;
      for (std::size_t j = 0; j < columns_; ++j) {
        at.log_likelihood += weight_[i] * (beta[j] * x(i)[j]);
        at.score[j] += weight_[i] * x(i)[j];
      }
    }
    subtract(times_[t].events, risk_set(t), at);
  }
  for (std::size_t j = 0; j < columns_; ++j) {
    for (std::size_t k = 0; k < j; ++k) at.information[k * columns_ + j] = at.information[j * columns_ + k];
  }
}

// The denominators of one time: as many as events, by Breslow.
template <Weight V>
void FineGrayRiskSets<V>::subtract(V events, std::span<const V> sum, FineGrayDerivatives<V>& at) const {
  const V risk = events > 0.0 ? sum[0] : broadcast<V>(1.0);
  at.log_likelihood -= events * log_of(risk);
  std::size_t second = 1 + columns_;
  for (std::size_t j = 0; j < columns_; ++j) {
    const V mean = events > 0.0 ? sum[1 + j] / risk : V{};
    at.score[j] -= events * mean;
    for (std::size_t k = 0; k <= j; ++k) {
      const V spread = sum[second++] / risk - mean * (sum[1 + k] / risk);
      at.information[j * columns_ + k] += events > 0.0 ? events * spread : V{};
    }
  }
}

// What an event time adds to the cumulative subdistribution hazard, and the mean covariates of its risk set.
template <Weight V>
V FineGrayRiskSets<V>::hazard(std::size_t t) const {
  return times_[t].events > 0.0 ? times_[t].events / risk_set(t)[0] : V{};
}
template <Weight V>
V FineGrayRiskSets<V>::mean(std::size_t t, std::size_t j) const {
  return times_[t].events > 0.0 ? risk_set(t)[1 + j] / risk_set(t)[0] : V{};
}

template <Weight V>
void FineGrayRiskSets<V>::add_squared_influences(std::span<const V> beta, std::span<V> sum, Arena& arena) {
  const Arena::Scope scope(arena);
  sum_risk_sets(beta);
  const std::size_t size = 1 + columns_;
  Influences now{arena.take<V>(size, V{}), arena.take<V>(size, V{}), arena.take<V>((times_.size() + 1) * size, V{}),
                 arena.take<V>(columns_), arena.take<V>(columns_, V{})};
  for (std::size_t t = times_.size(); t-- > 0;) {
    const V step = times_[t].free * hazard(t);
    now.after[t * size] = now.after[(t + 1) * size] + step;
    for (std::size_t j = 0; j < columns_; ++j) {
      now.after[t * size + 1 + j] = now.after[(t + 1) * size + 1 + j] + step * mean(t, j);
    }
  }
  const std::span<V> influence = arena.take<V>(columns_);
  for (std::size_t t = 0; t < times_.size(); ++t) {
    reach_time(t, now);
    for (std::size_t i = times_[t].begin; i < times_[t].end; ++i) {
      influence_of(i, t, now, influence);
      for (std::size_t j = 0; j < columns_; ++j) {
        for (std::size_t k = 0; k < columns_; ++k) sum[j * columns_ + k] += weight_[i] * influence[j] * influence[k];
      }
    }
    pass_time(t, now);
  }
}

template <Weight V>
void FineGrayRiskSets<V>::reach_time(std::size_t t, Influences& now) const {
  const Time& time = times_[t];
  const V at_risk = time.at_risk > 0.0 ? time.at_risk : broadcast<V>(1.0), step = hazard(t);
  const std::span<const V> from_here = now.after.subspan(t * (1 + columns_));
  now.until[0] += step;
  for (std::size_t j = 0; j < columns_; ++j) {
    now.until[1 + j] += step * mean(t, j);
    now.pull[j] = (now.competing[1 + j] * from_here[0] - now.competing[0] * from_here[1 + j]) / at_risk;
    now.drift[j] -= now.pull[j] * time.censored / at_risk;
  }
}

template <Weight V>
void FineGrayRiskSets<V>::influence_of(std::size_t i, std::size_t t, const Influences& now,
                                       std::span<V> influence) const {
  const V kept = end_[i] == End::other ? per_free(broadcast<V>(1.0), times_[t].free) : V{};
  const std::span<const V> later = now.after.subspan((t + 1) * (1 + columns_));
  for (std::size_t j = 0; j < columns_; ++j) {
    const double xj = x(i)[j];
    V own = now.drift[j] - risk_[i] * (xj * now.until[0] - now.until[1 + j] + kept * (xj * later[0] - later[1 + j]));
    if (end_[i] == End::interest) own += xj - mean(t, j);
    if (end_[i] == End::censored) own += now.pull[j];
    influence[j] = weight_[i] > 0.0 ? own : V{};
  }
}

template <Weight V>
void FineGrayRiskSets<V>::pass_time(std::size_t t, Influences& now) const {
  for (std::size_t i = times_[t].begin; i < times_[t].end; ++i) {
    if (end_[i] != End::other) continue;
    const V risk = per_free(weighted(weight_[i], risk_[i]), times_[t].free);
    now.competing[0] += risk;
    for (std::size_t j = 0; j < columns_; ++j) now.competing[1 + j] += risk * x(i)[j];
  }
}

template <Weight V>
double FineGrayRiskSets<V>::along(std::span<const double> direction, std::size_t i) const {
  double value = 0.0;
  for (std::size_t j = 0; j < columns_; ++j) value += direction[j] * x(i)[j];
  return value;
}

template <Weight V>
double FineGrayRiskSets<V>::range_along(std::span<const double> direction, std::size_t lane) const {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (std::size_t i = 0; i < end_.size(); ++i) {
    if (!(oligosim::lane(weight_[i], lane) > 0.0)) continue;
    least = std::min(least, along(direction, i));
    most = std::max(most, along(direction, i));
  }
  return most > least ? most - least : 0.0;
}

template <Weight V>
bool FineGrayRiskSets<V>::rises_along(std::span<const double> direction, double tolerance, std::size_t lane) const {
  const double slack = tolerance * range_along(direction, lane);
  double highest = -std::numeric_limits<double>::infinity();
  const auto takes_part = [&](std::size_t i) { return oligosim::lane(weight_[i], lane) > 0.0; };
  for (std::size_t t = 0; t < times_.size(); ++t) {
    highest_before_[t] = highest;
    for (std::size_t i = times_[t].begin; i < times_[t].end; ++i) {
      if (takes_part(i) && end_[i] == End::other) highest = std::max(highest, along(direction, i));
    }
  }
  highest = -std::numeric_limits<double>::infinity();
  for (std::size_t t = times_.size(); t-- > 0;) {
    for (std::size_t i = times_[t].begin; i < times_[t].end; ++i) {
      if (takes_part(i)) highest = std::max(highest, along(direction, i));
    }
    for (std::size_t i = times_[t].begin; i < times_[t].end; ++i) {
      if (!takes_part(i) || end_[i] != End::interest) continue;
      if (along(direction, i) < std::max(highest, highest_before_[t]) - slack) return false;
    }
  }
  return true;
}

template class FineGrayRiskSets<double>;
template class FineGrayRiskSets<Lanes>;

}  // namespace oligosim

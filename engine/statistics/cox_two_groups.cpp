#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

#include "engine/statistics/cox_likelihood.hpp"

namespace oligosim {

namespace {

double& lane_of(double& value, std::size_t) { return value; }
double& lane_of(HalfLanes& value, std::size_t k) { return reinterpret_cast<double*>(&value)[k]; }

bool are_whole(std::span<const HalfLanes> weight) {
  HalfLanes fraction{};
  for (const HalfLanes& w : weight) {
    const __m256d value = reinterpret_cast<__m256d>(w);
    fraction += reinterpret_cast<HalfLanes>(_mm256_sub_pd(value, _mm256_floor_pd(value)));
  }
  return !any_above(fraction, 0.0);
}

}  // namespace

// Those at risk and those with the event, by group. Written from the last stratum and the last time backwards: at a
// time, first those leave whose interval begins then or later, then those join whose interval ends then.
template <Weight V>
class TwoGroupLikelihood<V>::Counts {
 public:
  Counts(const SurvivalTable& table, std::span<const std::uint8_t> group, const CoxCovariates& covariates,
         std::span<const V> weight, Arena& arena)
      : table_(table),
        group_(group),
        covariates_(covariates),
        weight_(weight),
        order_(order_by_stratum(table.size(), covariates.stratum, covariates.strata, arena)),
        times_(arena.take<EventTime>(table.size())),
        next_(table.size()) {
    if (!covariates.start.empty()) {
      const std::span<double> start = arena.take<double>(table.size());
      for (std::size_t p = 0; p < start.size(); ++p) {
        const std::size_t i = order_.position[p];
        // A row that never joins never leaves.
        start[p] = holds_time(table, covariates, i) ? covariates.start[i] : -std::numeric_limits<double>::infinity();
      }
      by_start_ = order_by_start(start, order_.end, arena);
    }
    for (std::size_t s = order_.end.size(); s-- > 0;) {
      const std::size_t begin = s == 0 ? 0 : order_.end[s - 1];
      by_start_.empty() ? count_from_the_beginning(begin, order_.end[s]) : add_stratum(begin, order_.end[s]);
    }
  }

  std::span<EventTime> times() const { return times_.subspan(next_); }

 private:
  // Without entries the risk set only grows, and a factor of 0 or 1 tells the groups apart without a branch.
  void count_from_the_beginning(std::size_t begin, std::size_t end) {
    V at_risk[2] = {};
    while (end > begin) {
      const double time = table_.time[order_.position[end - 1]];
      V events[2] = {};
      for (; end > begin && table_.time[order_.position[end - 1]] == time; --end) {
        const std::size_t i = order_.position[end - 1];
        const V w = weight(i), in_second = w * static_cast<double>(group_[i]), in_first = w - in_second;
        const double event = table_.event[i];
        at_risk[0] += in_first;
        at_risk[1] += in_second;
        events[0] += in_first * event;
        events[1] += in_second * event;
      }
      if (!any_above(V(events[0] + events[1]), 0.0)) continue;
      times_[--next_] = {{at_risk[0], at_risk[1]}, {events[0], events[1]}};
    }
  }

  void add_stratum(std::size_t begin, std::size_t end) {
    seen_ = {}, rows_[0] = rows_[1] = V{};
    std::size_t left = begin;
    for (const std::size_t last = end; end > begin;) {
      const double time = table_.time[order_.position[end - 1]];
      left = leave(left, last, time);
      V events{};
      for (; end > begin && table_.time[order_.position[end - 1]] == time; --end)
        events += add(order_.position[end - 1]);
      if (any_above(events, 0.0)) times_[--next_] = seen_;
      seen_.events[0] = seen_.events[1] = V{};
    }
  }

  V weight(std::size_t i) const { return weight_.empty() ? broadcast<V>(1.0) : weight_[i]; }

  V add(std::size_t i) {
    if (!holds_time(table_, covariates_, i)) return V{};
    const V w = weight(i), event = table_.event[i] ? w : V{};
    seen_.at_risk[group_[i]] += w;
    seen_.events[group_[i]] += event;
    rows_[group_[i]] += present(w);
    return event;
  }

  std::size_t leave(std::size_t left, std::size_t last, double time) {
    for (; left < last; ++left) {
      const std::size_t i = order_.position[by_start_[left]];
      if (!holds_time(table_, covariates_, i) || covariates_.start[i] < time) break;
      const V w = weight(i);
      V& at_risk = seen_.at_risk[group_[i]];
      V& rows = rows_[group_[i]];
      rows -= present(w);
      at_risk = rows > V{} ? at_risk - w : V{};  // 0 also where real weights would leave a rounding error
    }
    return left;
  }

  static V present(const V& w) { return w > V{} ? broadcast<V>(1.0) : V{}; }

  const SurvivalTable& table_;
  std::span<const std::uint8_t> group_;
  const CoxCovariates& covariates_;
  std::span<const V> weight_;
  StratumOrder order_;
  std::span<const std::uint32_t> by_start_;  // of positions in order_; empty: no entries
  std::span<EventTime> times_;
  std::size_t next_;
  EventTime seen_;
  V rows_[2];  // at risk, by group, unweighted
};

template <Weight V>
TwoGroupLikelihood<V>::TwoGroupLikelihood(const SurvivalTable& table, std::span<const std::uint8_t> group,
                                          const CoxCovariates& covariates, std::span<const V> weight, Ties ties,
                                          Arena& arena) {
  const std::span<const EventTime> times = Counts(table, group, covariates, weight, arena).times();
  if constexpr (std::same_as<V, HalfLanes>) {
    if (ties == Ties::efron && are_whole(weight)) {
      write_whole_denominators(times, arena);
      return;
    }
  }
  std::size_t most = 0;
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    std::size_t count = 0;
    for (const EventTime& t : times) {
      const double d = lane(t.events[0], k) + lane(t.events[1], k);
      count += ties == Ties::breslow ? 1 : static_cast<std::size_t>(std::ceil(d));
    }
    most = std::max(most, count);
  }
  // A resample with fewer denominators than another ends with some that add log(1).
  denominators_ = arena.take<Denominator>(most, no_denominator());
  most = 0;
  for (std::size_t k = 0; k < lane_count<V>; ++k) most = std::max(most, write_denominators(times, ties, k));
  denominators_ = denominators_.first(most);
}

// The same where all counts are whole numbers: d events give the denominators of k / d, k = 0 ... d - 1. Those of the
// four resamples are computed together, and two of each written whatever d is, in place of a branch that nothing can
// foretell: what is too much the next event time overwrites.
template <Weight V>
void TwoGroupLikelihood<V>::write_whole_denominators(std::span<const EventTime> times, Arena& arena) {
  once_ = true;
  constexpr std::size_t always = 2;
  const V none{};
  V count{};
  for (const EventTime& t : times) count += t.events[0] + t.events[1];
  double most = 0.0;
  for (std::size_t k = 0; k < lane_count<V>; ++k) most = std::max(most, lane(count, k));
  denominators_ = arena.take<Denominator>(static_cast<std::size_t>(most) + always, no_denominator());
  std::array<std::size_t, lane_count<V>> size{};
  std::array<LogSum<double>, lane_count<V>> alone;
  for (const EventTime& t : times) {
    const V d = t.events[0] + t.events[1];
    const V both = (t.at_risk[0] > none) & (t.at_risk[1] > none) ? d : none;
    V first[always], second[always];
    for (std::size_t m = 0; m < always; ++m) {
      const V out = static_cast<double>(m) / d;  // nothing to write where d is 0
      first[m] = m == 0 ? t.at_risk[0] : t.at_risk[0] - out * t.events[0];
      second[m] = m == 0 ? t.at_risk[1] : t.at_risk[1] - out * t.events[1];
    }
    for (std::size_t g = 0; g < 2; ++g) events_[g] += both > none ? t.events[g] : none;
    const bool someone_alone = any_above(V(d - both), 0.0), many = any_above(d, static_cast<double>(always));
#pragma GCC unroll 4
    for (std::size_t k = 0; k < lane_count<V>; ++k) {
      Denominator* const next = &denominators_[size[k]];
#pragma GCC unroll 2
      for (std::size_t m = 0; m < always; ++m) {
        lane_of(next[m].first, k) = lane(first[m], k);
        lane_of(next[m].second, k) = lane(second[m], k);
      }
      const double events = lane(d, k);
      if (many) {
        for (std::size_t m = always; m < static_cast<std::size_t>(lane(both, k)); ++m) {
          const double out = static_cast<double>(m) / events;
          lane_of(next[m].first, k) = lane(t.at_risk[0], k) - out * lane(t.events[0], k);
          lane_of(next[m].second, k) = lane(t.at_risk[1], k) - out * lane(t.events[1], k);
        }
      }
      if (someone_alone && lane(both, k) == 0.0) {
        const double n = lane(t.at_risk[0], k) + lane(t.at_risk[1], k);
        for (double m = 0.0; m < events; m += 1.0) alone[k].add(n - m / events * events, 1.0);
      }
      size[k] += static_cast<std::size_t>(lane(both, k));
    }
  }
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    for (std::size_t m = 0; m < always; ++m) {
      lane_of(denominators_[size[k] + m].first, k) = 1.0;
      lane_of(denominators_[size[k] + m].second, k) = 0.0;
    }
    lane_of(constant_, k) = -alone[k].value();
  }
  denominators_ = denominators_.first(*std::max_element(size.begin(), size.end()));
}

// Returns how many there are in resample k.
template <Weight V>
std::size_t TwoGroupLikelihood<V>::write_denominators(std::span<const EventTime> times, Ties ties, std::size_t k) {
  std::size_t size = 0;
  LogSum<double> alone;
  double all[2] = {0.0, 0.0};
  for (const EventTime& t : times) {
    const double at_risk[2] = {lane(t.at_risk[0], k), lane(t.at_risk[1], k)};
    const double events[2] = {lane(t.events[0], k), lane(t.events[1], k)};
    const double n = at_risk[0] + at_risk[1], d = events[0] + events[1];
    if (d == 0.0) continue;
    const bool both = at_risk[0] > 0.0 && at_risk[1] > 0.0;
    for (std::size_t g = 0; g < 2 && both; ++g) all[g] += events[g];
    for_each_denominator(ties, d, [&](double out, double often) {
      if (!both) return alone.add(n - out * d, often);
      Denominator& denominator = denominators_[size++];
      lane_of(denominator.first, k) = at_risk[0] - out * events[0];
      lane_of(denominator.second, k) = at_risk[1] - out * events[1];
      lane_of(denominator.often, k) = often;
    });
  }
  for (std::size_t g = 0; g < 2; ++g) lane_of(events_[g], k) = all[g];
  lane_of(constant_, k) = -alone.value();
  return size;
}

template <Weight V>
void TwoGroupLikelihood<V>::evaluate(std::span<const V> beta, CoxDerivatives<V>& at) const {
  const V hazard_ratio = elementary::exp(beta[0]);
  LogSum<V> sum;
  V expected{}, information{};
  const auto add_up = [&](auto once) {
    for (const Denominator& d : denominators_) {
      const V second = d.second * hazard_ratio;
      const V both = d.first + second;
      const V inverse = 1.0 / both;
      V share = second * inverse;
      if constexpr (once) {
        sum.add(both);
      } else {
        sum.add(both, d.often);
        share *= d.often;
      }
      expected += share;
      information += share * (d.first * inverse);
    }
  };
  once_ ? add_up(std::true_type{}) : add_up(std::false_type{});
  at.log_likelihood = constant_ + events_[1] * beta[0] - sum.value();
  at.score[0] = events_[1] - expected;
  at.information[0] = information;
}

template <Weight V>
void TwoGroupLikelihood<V>::penalty_gradient(std::span<const V> beta, std::span<const V> inverse,
                                             std::span<V> gradient) const {
  const V hazard_ratio = elementary::exp(beta[0]);
  V third{};
  for (const Denominator& d : denominators_) {
    const V second = d.second * hazard_ratio;
    const V both = d.first + second;
    const V share = second / both, rest = d.first / both;
    third += d.often * share * rest * (rest - share);
  }
  gradient[0] = 0.5 * inverse[0] * third;
}

template <Weight V>
double TwoGroupLikelihood<V>::range_along(std::span<const double> direction, std::size_t) const {
  return std::abs(direction[0]);
}

template <Weight V>
bool TwoGroupLikelihood<V>::rises_along(std::span<const double> direction, double, std::size_t k) const {
  return lane(events_[direction[0] > 0.0 ? 0 : 1], k) == 0.0;
}

template class TwoGroupLikelihood<double>;
template class TwoGroupLikelihood<HalfLanes>;

}  // namespace oligosim

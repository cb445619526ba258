#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <limits>
#include <type_traits>

#include "engine/statistics/cox/cox_likelihood.hpp"

namespace oligosim {

namespace {

// Those at risk and those with the event at a time, by group.
template <Weight V>
struct EventTime {
  V at_risk[2];
  V events[2];
};

// All event times. Written from the last stratum and the last time backwards: at a time, first those leave whose
// interval begins then or later, then those join whose interval ends then.
template <Weight V>
class EventTimes {
 public:
  EventTimes(const SurvivalTable& table, std::span<const std::uint8_t> group, const CoxCovariates& covariates,
             std::span<const V> weight, Arena& arena)
      : table_(table),
        group_(group),
        covariates_(covariates),
        weight_(weight),
        order_(order_by_stratum(table.size(), covariates.stratum, covariates.strata, arena)),
        times_(arena.take<EventTime<V>>(table.size())),
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

  std::span<const EventTime<V>> times() const { return times_.subspan(next_); }

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
  std::span<EventTime<V>> times_;
  std::size_t next_;
  EventTime<V> seen_;
  V rows_[2];  // at risk, by group, unweighted
};

// How many denominators the resample of a lane of the event times has.
template <Weight V>
std::size_t count_denominators(std::span<const EventTime<V>> times, Ties ties, std::size_t k) {
  std::size_t count = 0;
  for (const EventTime<V>& t : times) {
    const double d = lane(t.events[0], k) + lane(t.events[1], k);
    count += ties == Ties::breslow ? 1 : static_cast<std::size_t>(std::ceil(d));
  }
  return count;
}

// What denominators are written from: in the lane of a resample its risk sets, and what they add up to.
struct Written {
  std::size_t count = 0;
  LogSum<double> alone;  // where one group alone is at risk
  double events[2] = {0.0, 0.0};
};

// Calls use(first, second, often) for each denominator of a lane.
template <Weight V, class Use>
Written write_denominators(std::span<const EventTime<V>> times, Ties ties, std::size_t k, const Use& use) {
  Written written;
  for (const EventTime<V>& t : times) {
    const double at_risk[2] = {lane(t.at_risk[0], k), lane(t.at_risk[1], k)};
    const double events[2] = {lane(t.events[0], k), lane(t.events[1], k)};
    const double n = at_risk[0] + at_risk[1], d = events[0] + events[1];
    if (d == 0.0) continue;
    const bool both = at_risk[0] > 0.0 && at_risk[1] > 0.0;
    for (std::size_t g = 0; g < 2 && both; ++g) written.events[g] += events[g];
    for_each_denominator(ties, d, [&](double out, double often) {
      if (!both) return written.alone.add(n - out * d, often);
      use(written.count++, at_risk[0] - out * events[0], at_risk[1] - out * events[1], often);
    });
  }
  return written;
}

}  // namespace

template <Weight V>
TwoGroupLikelihood<V>::TwoGroupLikelihood(const SurvivalTable& table, std::span<const std::uint8_t> group,
                                          const CoxCovariates& covariates, std::span<const V> weight, Ties ties,
                                          Arena& arena) {
  constexpr std::size_t of_part = lane_count<Part<V>>;
  std::array<std::span<const EventTime<Part<V>>>, part_count<V>> times;
  std::size_t most = 0;
  for (std::size_t p = 0; p < part_count<V>; ++p) {
    const std::span<Part<V>> own = arena.take<Part<V>>(weight.size());
    for (std::size_t i = 0; i < own.size(); ++i) own[i] = part(weight[i], p);
    times[p] = EventTimes<Part<V>>(table, group, covariates, own, arena).times();
    for (std::size_t k = 0; k < of_part; ++k) most = std::max(most, count_denominators(times[p], ties, k));
  }
  const std::size_t room = in_fours(most);
  const std::span<V> pair = arena.take<V>(2 * room), often = arena.take<V>(room, broadcast<V>(1.0));
  for (std::size_t m = 0; m < room; ++m) pair[2 * m] = broadcast<V>(1.0), pair[2 * m + 1] = V{};
  most = 0;
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    Written written = write_denominators(times[k / of_part], ties, k % of_part,
                                         [&](std::size_t m, double first, double second, double times_of) {
                                           lane_of(pair[2 * m], k) = first;
                                           lane_of(pair[2 * m + 1], k) = second;
                                           lane_of(often[m], k) = times_of;
                                         });
    most = std::max(most, written.count);
    for (std::size_t g = 0; g < 2; ++g) lane_of(events_[g], k) = written.events[g];
    lane_of(constant_, k) = -written.alone.value();
  }
  denominators_ = {pair.first(2 * in_fours(most)), often.first(in_fours(most))};
}

template <Weight V>
void TwoGroupLikelihood<V>::evaluate(std::span<const V> beta, CoxDerivatives<V>& at) const {
  const DenominatorSums<V> sums = denominator_sums(denominators_, beta[0]);
  at.log_likelihood = constant_ + events_[1] * beta[0] - sums.logarithms;
  at.score[0] = events_[1] - sums.expected;
  at.information[0] = sums.information;
}

// Of shares p of the second group the information is a sum of p (1 - p), its slope one of p (1 - p) (1 - 2 p).
template <Weight V>
ScoreDerivatives<V> TwoGroupLikelihood<V>::score(const V& beta) const {
  const ShareSums<V> sums = share_sums(denominators_, beta);
  return {events_[1] - sums.shares, sums.shares - sums.squares, sums.shares - 3.0 * sums.squares + 2.0 * sums.cubes};
}

template <Weight V>
void TwoGroupLikelihood<V>::penalty_gradient(std::span<const V> beta, std::span<const V> inverse,
                                             std::span<V> gradient) const {
  const V hazard_ratio = elementary::exp(beta[0]);
  V third{};
  for (std::size_t m = 0; m < denominators_.pair.size() / 2; ++m) {
    const V first = denominators_.pair[2 * m], second = denominators_.pair[2 * m + 1] * hazard_ratio;
    const V both = first + second, share = second / both, rest = first / both;
    third += (denominators_.often.empty() ? broadcast<V>(1.0) : denominators_.often[m]) * share * rest * (rest - share);
  }
  gradient[0] = 0.5 * inverse[0] * third;
}

template class TwoGroupLikelihood<double>;
template class TwoGroupLikelihood<Lanes>;

}  // namespace oligosim

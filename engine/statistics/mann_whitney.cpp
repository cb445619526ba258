#include "engine/statistics/mann_whitney.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/numeric/ascending_rows.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/statistics/rank_sum_distribution.hpp"
#include "engine/statistics/signed_score.hpp"

namespace oligosim {

namespace {

/// What the sample says before any distribution: sizes, W, and sums of t^3 - t over tied values.
template <Weight V>
struct RankSums {
  V first{}, second{};  // patients
  V w{};
  V ties{};         // among all values
  V ties_within{};  // among the values of each group apart
};

template <Weight V>
V tied(const V& t) {
  return t * t * t - t;
}

template <Weight V>
RankSums<V> rank_sums(const Sample& sample, std::span<const std::uint8_t> group, std::span<const V> weight) {
  RankSums<V> sums;
  for (std::size_t i = 0; i < sample.size();) {
    V first{}, second{};
    const double value = sample.value[i];
    for (; i < sample.size() && sample.value[i] == value; ++i) {
      const V w = weight.empty() ? broadcast<V>(1.0) : weight[i];
      if (group[i] == 0)
        first += w;
      else
        second += w;
    }
    sums.w += first * (sums.second + 0.5 * second);
    sums.ties += tied(first + second);
    sums.ties_within += tied(first) + tied(second);
    sums.first += first;
    sums.second += second;
  }
  return sums;
}

/// The order statistics of the differences that are asked for, ranks from 1: middle ones and limits.
template <class V>
struct Ranks {
  V lower_middle{}, upper_middle{}, lower{}, upper{};
};

double tie_corrected_sd(double first, double second, double ties) {
  const double n = first + second;
  return std::sqrt(first * second / 12.0 * (n + 1.0 - ties / (n * (n - 1.0))));
}

/// Test and ranks of one lane.
class OneTest {
 public:
  OneTest(double first, double second, double w, double ties, double ties_within)
      : first_(first), second_(second), w_(w), ties_(ties), ties_within_(ties_within) {}

  bool empty() const { return !(first_ > 0.0 && second_ > 0.0); }
  bool all_tied() const { return ties_ == tied(first_ + second_) && first_ + second_ > 1.0; }

  Estimate test() const {
    Estimate result;
    result.n = first_ + second_;
    if (empty()) {
      result.status = Status::empty_group;
      return result;
    }
    result.statistic = w_;
    if (all_tied()) {
      result.status = Status::singular;
      return result;
    }
    const double less = tail(w_), greater = tail(first_ * second_ - w_);  // P(W <= w), P(W >= w) by symmetry
    result.p_value = std::min(1.0, 2.0 * std::min(less, greater));
    result.signed_statistic = signed_score(greater, less);  // small W: the second group is larger
    return result;
  }

  Ranks<double> ranks(double tail) const {
    const double pairs = first_ * second_;
    const double lower = exact() ? std::max(1.0, distribution().quantile(tail, size(first_), size(second_)))
                                 : normal_rank(normal_quantile(1.0 - tail));
    return {std::ceil(pairs / 2.0), std::floor(pairs / 2.0) + 1.0, lower, pairs + 1.0 - lower};
  }

  /// Whether the order statistics at these ranks make an interval of the level: among a few values not even the extreme
  /// differences do. R lets them miss by half as much again before it warns.
  bool reaches(double tail, const Ranks<double>& ranks) const {
    if (!exact()) return true;
    return distribution().cdf(ranks.lower - 1.0, size(first_), size(second_)) <= 1.5 * tail;
  }

 private:
  static const RankSumDistribution& distribution() { return RankSumDistribution::table(); }
  static std::size_t size(double n) { return static_cast<std::size_t>(n); }

  bool exact() const {
    constexpr auto limit = static_cast<double>(RankSumDistribution::limit);
    return first_ < limit && second_ < limit && ties_ == 0.0;
  }

  /// P(W <= w).
  double tail(double w) const {
    if (exact()) return distribution().cdf(w, size(first_), size(second_));
    return normal_cdf((w - first_ * second_ / 2.0 + 0.5) / tie_corrected_sd(first_, second_, ties_));
  }

  /// Between two neighbouring differences W of the first group minus d is the number of differences above d. The rank
  /// of the difference beyond which that is no longer above its mean by z standard deviations and the continuity
  /// correction; the standard deviation counts the ties within groups, which d leaves as they are.
  double normal_rank(double z) const {
    const double pairs = first_ * second_;
    const double bound = 0.5 * pairs + 0.5 + z * tie_corrected_sd(first_, second_, ties_within_);
    return std::max(1.0, std::ceil(pairs - bound));
  }

  double first_, second_, w_, ties_, ties_within_;
};

/// The differences at the ranks asked for, each counted as often as its two weights multiply to.
template <Weight V>
Ranks<V> at_ranks(const PairwiseDifferences& differences, std::span<const V> weight, const Ranks<V>& rank) {
  Ranks<V> found;
  V below{};
  for (std::size_t k = 0; k < differences.value.size(); ++k) {
    const V d = broadcast<V>(differences.value[k]);
    const V upto =
        below + (weight.empty() ? broadcast<V>(1.0) : weight[differences.first[k]] * weight[differences.second[k]]);
    const auto pick = [&](V& chosen, const V& wanted) {
      chosen = upto >= wanted ? (below < wanted ? d : chosen) : chosen;
    };
    pick(found.lower_middle, rank.lower_middle);
    pick(found.upper_middle, rank.upper_middle);
    pick(found.lower, rank.lower);
    pick(found.upper, rank.upper);
    below = upto;
  }
  return found;
}

void set_lane(double& value, std::size_t, double x) { value = x; }
void set_lane(Lanes& value, std::size_t k, double x) { value[k] = x; }

PairwiseDifferences group_places(const Sample& sample, std::span<const std::uint8_t> group, std::size_t firsts,
                                 Arena& arena) {
  const std::span<std::uint32_t> first = arena.take<std::uint32_t>(firsts);
  const std::span<std::uint32_t> second = arena.take<std::uint32_t>(sample.size() - firsts);
  std::size_t i = 0, j = 0;
  for (std::uint32_t place = 0; place < sample.size(); ++place) (group[place] == 0 ? first[i++] : second[j++]) = place;
  return {false, {}, first, second};
}

// Doubles as integers in the same order.
std::int64_t ordered(double x) {
  const auto bits = std::bit_cast<std::int64_t>(x + 0.0);  // no negative zero
  return bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits;
}
double from_ordered(std::int64_t bits) {
  return std::bit_cast<double>(bits >= 0 ? bits : std::numeric_limits<std::int64_t>::min() - bits);
}

// One group's values, ascending, with the weights of one lane.
struct WeightedValues {
  std::span<double> value, weight;
};

template <Weight V>
WeightedValues values_at(const Sample& sample, std::span<const std::uint32_t> places, std::span<const V> weight,
                         std::size_t k, Arena& arena) {
  const WeightedValues own{arena.take<double>(places.size()), arena.take<double>(places.size())};
  for (std::size_t i = 0; i < places.size(); ++i) {
    own.value[i] = sample.value[places[i]];
    own.weight[i] = weight.empty() ? 1.0 : lane(weight[places[i]], k);
  }
  return own;
}

// Weight of the pairs whose difference is at most d. A subtraction keeps the order of its operands, so that the
// subtrahends that are large enough for one minuend begin later for the next.
double weight_up_to(const WeightedValues& first, const WeightedValues& second, double d) {
  double left = 0.0, sum = 0.0;
  for (const double w : second.weight) left += w;
  std::size_t j = 0;
  for (std::size_t i = 0; i < first.value.size(); ++i) {
    for (; j < second.value.size() && first.value[i] - second.value[j] > d; ++j) left -= second.weight[j];
    sum += first.weight[i] * left;
  }
  return sum;
}

// The smallest difference up to which the pairs weigh `rank`, by bisection over all doubles: at most 64 counts.
double difference_at_rank(const WeightedValues& first, const WeightedValues& second, double rank) {
  std::int64_t low = ordered(first.value.front() - second.value.back());
  std::int64_t high = ordered(first.value.back() - second.value.front());
  while (low < high) {
    const std::int64_t middle =
        low + static_cast<std::int64_t>((static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low)) / 2);
    if (weight_up_to(first, second, from_ordered(middle)) >= rank) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return from_ordered(low);
}

template <Weight V>
Ranks<V> counted_at_ranks(const Sample& sample, const PairwiseDifferences& differences, std::span<const V> weight,
                          const Ranks<V>& rank, Arena& arena) {
  Ranks<V> found = rank;
  if (differences.first.empty() || differences.second.empty()) return found;
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    const Arena::Scope scope(arena);
    const WeightedValues first = values_at(sample, differences.first, weight, k, arena);
    const WeightedValues second = values_at(sample, differences.second, weight, k, arena);
    for (V* at : {&found.lower_middle, &found.upper_middle, &found.lower, &found.upper})
      set_lane(*at, k, difference_at_rank(first, second, lane(*at, k)));
  }
  return found;
}

}  // namespace

PairwiseDifferences pairwise_differences(const Sample& sample, std::span<const std::uint8_t> group, Arena& arena,
                                         std::size_t most) {
  const auto firsts = static_cast<std::size_t>(std::count(group.begin(), group.end(), std::uint8_t{0}));
  const std::size_t count = firsts * (sample.size() - firsts);
  if (count > most) return group_places(sample, group, firsts, arena);
  const std::span<double> value = arena.take<double>(count);
  const std::span<std::uint32_t> first = arena.take<std::uint32_t>(count), second = arena.take<std::uint32_t>(count);
  const Arena::Scope scope(arena);
  struct Pair {
    std::uint32_t first, second;
  };
  const std::span<double> difference = arena.take<double>(count);
  const std::span<Pair> pair = arena.take<Pair>(count);
  std::size_t k = 0;
  for (std::uint32_t i = 0; i < sample.size(); ++i)
    for (std::uint32_t j = 0; j < sample.size(); ++j)
      if (group[i] == 0 && group[j] != 0) difference[k] = sample.value[i] - sample.value[j], pair[k++] = {i, j};
  const std::span<const std::uint32_t> ascending = ascending_rows(difference, {}, arena);
  for (k = 0; k < count; ++k) {
    value[k] = difference[ascending[k]];
    first[k] = pair[ascending[k]].first;
    second[k] = pair[ascending[k]].second;
  }
  return {true, value, first, second};
}

template <Weight V>
std::array<Estimate, lane_count<V>> mann_whitney(const Sample& sample, std::span<const std::uint8_t> group,
                                                 const PairwiseDifferences& differences, std::span<const V> weight,
                                                 double confidence, Arena& arena) {
  const RankSums<V> sums = rank_sums(sample, group, weight);
  std::array<Estimate, lane_count<V>> results;
  Ranks<V> ranks;
  std::array<bool, lane_count<V>> reached{};
  const double tail = (1.0 - confidence) / 2.0;
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    const OneTest one(lane(sums.first, k), lane(sums.second, k), lane(sums.w, k), lane(sums.ties, k),
                      lane(sums.ties_within, k));
    results[k] = one.test();
    if (one.empty()) continue;
    const Ranks<double> own = one.ranks(tail);
    reached[k] = one.reaches(tail, own);
    set_lane(ranks.lower_middle, k, own.lower_middle);
    set_lane(ranks.upper_middle, k, own.upper_middle);
    set_lane(ranks.lower, k, own.lower);
    set_lane(ranks.upper, k, own.upper);
  }
  const Ranks<V> found = differences.listed ? at_ranks(differences, weight, ranks)
                                            : counted_at_ranks(sample, differences, weight, ranks, arena);
  for (std::size_t k = 0; k < lane_count<V>; ++k) {
    if (results[k].status == Status::empty_group) continue;
    results[k].estimate = 0.5 * (lane(found.lower_middle, k) + lane(found.upper_middle, k));
    results[k].lower = reached[k] ? lane(found.lower, k) : missing;
    results[k].upper = reached[k] ? lane(found.upper, k) : missing;
  }
  return results;
}

template std::array<Estimate, 1> mann_whitney(const Sample&, std::span<const std::uint8_t>, const PairwiseDifferences&,
                                              std::span<const double>, double, Arena&);
template std::array<Estimate, lanes> mann_whitney(const Sample&, std::span<const std::uint8_t>,
                                                  const PairwiseDifferences&, std::span<const Lanes>, double, Arena&);

}  // namespace oligosim

#include "engine/statistics/cox/whole_denominators.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/numeric/exchange_blocks.hpp"
#include "engine/numeric/log_sum.hpp"
#include "engine/statistics/cox/denominator_sums.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/risk_table.hpp"

namespace oligosim {

namespace {

using Eight = WholeLanes;
using Number [[gnu::may_alias]] = std::int32_t;

/// A count of each group in one number: that of the second above that of the first.
constexpr std::int32_t most_counted = 32766, first_bits = 0xFFFF;
constexpr unsigned second_from = 16;
constexpr std::int32_t one_of(std::size_t group) { return group == 0 ? 1 : 1 << second_from; }

constexpr Eight steps = {0, 1, 2, 3, 4, 5, 6, 7};

// By an instruction of its own: the compiler takes some of them through another register.
[[gnu::always_inline]] inline Eight eight_times(const Number* number) {
  return reinterpret_cast<Eight>(_mm256_broadcastd_epi32(_mm_loadu_si32(number)));
}

bool any(const Eight& x) { return !_mm256_testz_si256(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(x)); }

std::int32_t largest_of(const Eight& x) {
  std::int32_t largest = x[0];
  for (std::size_t k = 1; k < lanes; ++k) largest = std::max(largest, x[k]);
  return largest;
}

// Of both groups together.
[[gnu::always_inline]] inline Eight of_both(const Eight& count) {
  return reinterpret_cast<Eight>(_mm256_madd_epi16(reinterpret_cast<__m256i>(count), _mm256_set1_epi16(1)));
}

// The sum of each group, but not above 32767.
[[gnu::always_inline]] inline Eight add_counts(const Eight& a, const Eight& b) {
  return reinterpret_cast<Eight>(_mm256_adds_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}

// Not 0 where a group has none.
[[gnu::always_inline]] inline Eight lack_one(const Eight& count) {
  return reinterpret_cast<Eight>(_mm256_cmpeq_epi16(reinterpret_cast<__m256i>(count), _mm256_setzero_si256()));
}

// Turns two squares of four rows side by side.
[[gnu::always_inline]] inline void transpose(Eight& a, Eight& b, Eight& c, Eight& d) {
  exchange_blocks<2, 8>(a, c);
  exchange_blocks<2, 8>(b, d);
  exchange_blocks<1, 8>(a, b);
  exchange_blocks<1, 8>(c, d);
}

// The denominators of each resample one after the other, as counts of those at risk.
class Lists {
 public:
  static constexpr std::int32_t few = 8;

  Lists(std::size_t most, Arena& arena)
      : capacity_(most + 16),
        list_(arena.take<std::int32_t>(lanes * capacity_)),
        begin_(static_cast<std::int32_t>(capacity_) * steps),
        arena_(arena) {}

  // Where each list begins.
  const Eight& begin() const { return begin_; }

  // Writes those of a few events of a group from `end` of each list on. Of d events in one group the k-th denominator
  // lacks k / d of d of them; that is k, to the last bit, while d is below 22. All eight are written whatever d is,
  // without a branch: what is too much the next event time overwrites.
  [[gnu::always_inline]] inline void add_few(const Eight& at_risk, std::size_t group, const Eight& end) {
    const Eight left_out = left_out_[group];
    const auto* const own = reinterpret_cast<const Number*>(&at_risk);
    const auto at = reinterpret_cast<std::uint64_t __attribute__((vector_size(32)))>(end);  // of two lanes each
#pragma GCC unroll 4
    for (std::size_t k = 0; k < lanes; k += 2) {
      const Eight even = eight_times(own + k) - left_out, odd = eight_times(own + k + 1) - left_out;
      std::memcpy(list_.data() + static_cast<std::uint32_t>(at[k / 2]), &even, sizeof even);
      std::memcpy(list_.data() + (at[k / 2] >> 32), &odd, sizeof odd);
    }
  }

  // Those of any number of events. `group`: the only one with events in the data, 2 if both have. `counted`: events of
  // lanes in which both groups are at risk.
  void add_many(const Eight& at_risk, std::size_t group, const Eight& events, const Eight& counted, const Eight& end) {
    const bool whole = group != 2 && !any(counted > 21);
    for (std::size_t k = 0; k < lanes; ++k) {
      if (!whole) add_fractions(at_risk[k], events[k], counted[k], k, end[k] - begin_[k]);
      for (std::int32_t m = 0; whole && m < counted[k]; ++m) list_[end[k] + m] = at_risk[k] - m * one_of(group);
    }
  }

  std::span<const Lanes> finish(const Eight& end) {
    const std::size_t most = static_cast<std::size_t>(largest_of(end - begin_)), rounded = (most + 7) / 8 * 8;
    for (std::size_t k = 0; k < lanes; ++k)
      std::fill(list_.data() + end[k], list_.data() + begin_[k] + rounded, one_of(0));
    const std::span<Lanes> pair = arena_.take<Lanes>(2 * rounded);
    for (std::size_t m = 0; m < rounded; m += 8) {
      Eight row[8];
#pragma GCC unroll 8
      for (std::size_t k = 0; k < lanes; ++k) std::memcpy(&row[k], list_.data() + begin_[k] + m, sizeof row[k]);
#pragma GCC unroll 4
      for (std::size_t k = 0; k < 4; ++k) exchange_blocks<4, 8>(row[k], row[k + 4]);
      transpose(row[0], row[1], row[2], row[3]);
      transpose(row[4], row[5], row[6], row[7]);
#pragma GCC unroll 8
      for (std::size_t i = 0; i < 8; ++i) {
        write_numbers(row[i] & first_bits, pair[2 * (m + i)]);
        write_numbers(row[i] >> second_from, pair[2 * (m + i) + 1]);
      }
    }
    for (const Fraction& f : fractions_.first(fraction_count_)) {
      lane_of(pair[2 * f.position], f.lane) = f.first;
      lane_of(pair[2 * f.position + 1], f.lane) = f.second;
    }
    return pair.first(2 * in_fours(most));
  }

 private:
  struct Fraction {
    std::size_t lane, position;
    double first, second;
  };

  // What is no count is put in its place at the end.
  void add_fractions(std::int32_t at_risk, std::int32_t events, std::int32_t counted, std::size_t k,
                     std::int32_t position) {
    if (fractions_.empty()) fractions_ = arena_.take<Fraction>(lanes * capacity_);
    const std::int32_t first = events & first_bits, second = events >> second_from;
    const double d = first + second;
    for (std::int32_t m = 0; m < counted; ++m) {
      const double out = m / d;
      fractions_[fraction_count_++] = {k, static_cast<std::size_t>(position + m), (at_risk & first_bits) - out * first,
                                       (at_risk >> second_from) - out * second};
    }
  }

  std::size_t capacity_;
  std::span<std::int32_t> list_;
  Eight begin_;
  const Eight left_out_[3] = {steps, one_of(1) * steps, {}};
  Arena& arena_;
  std::span<Fraction> fractions_;
  std::size_t fraction_count_ = 0;
};

// Event times at which one group alone is at risk: the logarithms of their denominators.
class Alone {
 public:
  void add(const Eight& at_risk, const Eight& events) {
    Lanes n, d;
    write_numbers(of_both(at_risk), n);
    write_numbers(events, d);
    for (std::size_t p = 0; p < 2; ++p) {
      const HalfLanes own = part(d, p);
      for (double m = 0.0; any_above(own, m); m += 1.0)
        sum_[p].add(own > m ? part(n, p) - m / own * own : broadcast<HalfLanes>(1.0));
    }
  }
  Lanes value() {
    Lanes value;
    for (std::size_t p = 0; p < 2; ++p) set_part(value, p, sum_[p].value());
    return value;
  }

 private:
  LogSum<HalfLanes> sum_[2];
};

// The counts of a row in weights that are given as such.
class GivenCounts {
 public:
  explicit GivenCounts(std::span<const WholeLanes> counts) : counts_(counts) {}
  [[gnu::always_inline]] Eight of(std::size_t row) { return counts_[row]; }
  bool all_whole() const { return true; }

 private:
  std::span<const WholeLanes> counts_;
};

// The same where they are numbers, as long as these are whole.
class FoundCounts {
 public:
  explicit FoundCounts(std::span<const Lanes> numbers) : numbers_(numbers) {}
  [[gnu::always_inline]] Eight of(std::size_t row) {
    __m128i whole[2];
#pragma GCC unroll 2
    for (std::size_t h = 0; h < 2; ++h) {
      const auto w = reinterpret_cast<__m256d>(part(numbers_[row], h));
      whole[h] = _mm256_cvttpd_epi32(w);
      wrong_ = _mm256_or_pd(wrong_, _mm256_cmp_pd(w, _mm256_cvtepi32_pd(whole[h]), _CMP_NEQ_UQ));
    }
    return reinterpret_cast<Eight>(_mm256_set_m128i(whole[1], whole[0]));
  }
  /// Of those asked for.
  bool all_whole() const { return _mm256_movemask_pd(wrong_) == 0; }

 private:
  std::span<const Lanes> numbers_;
  __m256d wrong_ = _mm256_setzero_pd();
};

}  // namespace

TwoGroupTimes::TwoGroupTimes(const SurvivalTable& table, std::span<const std::uint8_t> group,
                             std::span<const std::uint16_t> stratum, std::size_t strata,
                             std::span<const std::uint32_t> row, Arena& arena) {
  const StratumOrder order = order_by_stratum(table.size(), stratum, strata, arena);
  const std::span<Place> places = arena.take<Place>(table.size());
  const std::span<EventTime> times = arena.take<EventTime>(table.size());
  std::size_t count = 0, p = 0;
  for (std::size_t s = 0; s < order.end.size(); ++s) {
    double time = missing;  // the one written last
    for (; p < order.end[s]; ++p) {
      const std::size_t i = order.position[p];
      places[p] = {row.empty() ? order.position[p] : row[i], group[i] == 0 ? 0 : second_from};
      if (!table.event[i]) continue;
      // At a tie events come before censorings.
      const auto at = static_cast<std::uint32_t>(p + s);
      if (table.time[i] == time) {
        times[count - 1].after = at + 1;
        if (times[count - 1].group != group[i]) times[count - 1].group = 2;
      } else {
        times[count++] = {at, at + 1, group[i]};
        time = table.time[i];
      }
    }
  }
  places_ = places;
  end_ = order.end;
  times_ = times.first(count);
}

template <class Counts>
std::optional<TwoGroupTimes::RiskSets> TwoGroupTimes::risk_sets(Counts counts, Arena& arena) const {
  const std::span<Eight> at_risk = arena.take<Eight>(places_.size() + end_.size());
  Eight largest{}, all{};
  for (std::size_t s = 0, begin = 0; s < end_.size(); begin = end_[s++]) {
    Eight sum{};
    at_risk[end_[s] + s] = sum;
    for (std::size_t p = end_[s]; p-- > begin;) {
      const Eight count = counts.of(places_[p].row);
      largest |= count;
      sum = add_counts(sum, count << (Eight{} + static_cast<std::int32_t>(places_[p].first_bit)));
      at_risk[p + s] = sum;
    }
    all += of_both(sum);
    if (any((largest < 0) | (largest > most_counted) | (all > most_counted))) return {};
  }
  if (!counts.all_whole()) return {};
  return RiskSets{at_risk, all};
}

std::optional<WholeDenominators> TwoGroupTimes::denominators(const CaseWeights& weight, Arena& arena) const {
  const std::optional<RiskSets> sets = weight.counts().empty() ? risk_sets(FoundCounts(weight.numbers(arena)), arena)
                                                               : risk_sets(GivenCounts(weight.counts()), arena);
  if (!sets) return {};
  const Eight* const at_risk = sets->at_risk.data();
  Lists lists(static_cast<std::size_t>(largest_of(sets->all)), arena);
  const std::span<Eight> end = arena.take<Eight>(times_.size() + 1);
  const std::span<std::uint32_t> seldom = arena.take<std::uint32_t>(times_.size() + 1);
  std::size_t seldom_count = 0;
  Eight now = lists.begin(), all_events{}, all_counted{};
  for (std::size_t t = 0; t < times_.size(); ++t) {
    const EventTime& time = times_[t];
    Eight events = at_risk[time.first] - at_risk[time.after], counted = of_both(events);
    end[t] = now;
    lists.add_few(at_risk[time.first], time.group, now);
    all_events += events;
    if (time.group == 2 || any(lack_one(at_risk[time.first]) | (counted > Lists::few))) [[unlikely]] {
      seldom[seldom_count++] = static_cast<std::uint32_t>(t);
      const Eight both = lack_one(at_risk[time.first]) == 0;
      events &= both, counted &= both;
    }
    now += counted;
    all_counted += events;
  }
  end[times_.size()] = now;
  Alone alone;
  for (const std::uint32_t t : seldom.first(seldom_count)) {
    const EventTime& time = times_[t];
    const Eight events = at_risk[time.first] - at_risk[time.after], counted = end[t + 1] - end[t];
    const Eight uncounted = of_both(events) - counted;
    if (any(uncounted)) alone.add(at_risk[time.first], uncounted);
    if (time.group == 2 || any(counted > Lists::few)) {
      lists.add_many(at_risk[time.first], time.group, events, counted, end[t]);
    }
  }
  WholeDenominators result;
  result.pair = lists.finish(now);
  write_numbers(all_counted & first_bits, result.events[0]);
  write_numbers(all_counted >> second_from, result.events[1]);
  result.constant = -alone.value();
  write_numbers(sets->all, result.n);
  write_numbers(of_both(all_events), result.n_events);
  return result;
}

}  // namespace oligosim

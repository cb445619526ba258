#include "engine/statistics/whole_denominators.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/statistics/exchange_blocks.hpp"
#include "engine/statistics/log_sum.hpp"
#include "engine/statistics/risk_table.hpp"

namespace oligosim {

namespace {

/// A whole number of each resample.
using Eight = std::int32_t __attribute__((vector_size(32)));
using Four = std::int32_t __attribute__((vector_size(16)));

/// A count of each group in one number: that of the second above that of the first.
constexpr std::int32_t most_counted = 32767, first_bits = 0xFFFF;
constexpr unsigned second_from = 16;
constexpr std::int32_t one_of(std::size_t group) { return group == 0 ? 1 : 1 << second_from; }

[[gnu::always_inline]] inline void write_numbers(const Eight& count, Lanes& numbers) {
  set_part(numbers, 0, __builtin_convertvector(__builtin_shufflevector(count, count, 0, 1, 2, 3), HalfLanes));
  set_part(numbers, 1, __builtin_convertvector(__builtin_shufflevector(count, count, 4, 5, 6, 7), HalfLanes));
}

bool any(const Eight& x) { return !_mm256_testz_si256(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(x)); }

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
  Lists(std::size_t most, Arena& arena)
      : capacity_(most + 16), list_(arena.take<std::int32_t>(lanes * capacity_)), arena_(arena) {}

  // Writes those of an event time from `end` of each list on. `events`: of both groups, `counted` those of lanes in
  // which both are at risk. `group`: the only one with events in the data, 2 if both have.
  [[gnu::always_inline]] inline void add_time(const Eight& at_risk, const Eight& first, const Eight& second,
                                              std::size_t group, const Eight& counted, const Eight& end) {
    // Of d events in one group the k-th denominator lacks k / d of d of them; that is k, to the last bit, while d is
    // below 22.
    if (group == 2 || any(counted > 21)) return add_fractions(at_risk, first, second, counted, end);
    const std::int32_t one = one_of(group);
    // Four are written whatever d is, without a branch: what is too much the next event time overwrites.
    Eight a = at_risk, b = a - one, c = b - one, d = c - one;
    transpose(a, b, c, d);
    alignas(32) std::array<std::int32_t, lanes> at;
    std::memcpy(at.data(), &end, sizeof end);
    std::int32_t* const list = list_.data();
    const auto write = [&](std::size_t k, const Eight& row) __attribute__((always_inline)) {
      const __m256i both = reinterpret_cast<__m256i>(row);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(list + k * capacity_ + at[k]), _mm256_castsi256_si128(both));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(list + (k + 4) * capacity_ + at[k + 4]),
                       _mm256_extracti128_si256(both, 1));
    };
    write(0, a), write(1, b), write(2, c), write(3, d);
    if (any(counted > 4)) add_more(at_risk, one, counted, end);
  }

  // Denominators are 1 or more, but for fractions: those of d events together are at least d! / d^d, above e^-d, so
  // that no product of a resample's falls to 1e-100.
  bool stay_in_range() const {
    return std::ranges::all_of(fractions_of_, [](std::int32_t n) { return n <= 200; });
  }

  std::span<const Lanes> finish(const Eight& end) {
    std::int32_t most = 0;
    for (std::size_t k = 0; k < lanes; ++k) most = std::max(most, end[k]);
    const std::size_t rounded = (most + 7) / 8 * 8;
    for (std::size_t k = 0; k < lanes; ++k)
      std::fill(list_.data() + k * capacity_ + end[k], list_.data() + k * capacity_ + rounded, one_of(0));
    const std::span<Lanes> pair = arena_.take<Lanes>(2 * rounded);
    for (std::size_t m = 0; m < rounded; m += 8) {
      Eight row[8];
#pragma GCC unroll 8
      for (std::size_t k = 0; k < lanes; ++k) std::memcpy(&row[k], list_.data() + k * capacity_ + m, sizeof row[k]);
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
      reinterpret_cast<double*>(&pair[2 * f.position])[f.lane] = f.first;
      reinterpret_cast<double*>(&pair[2 * f.position + 1])[f.lane] = f.second;
    }
    return pair.first(2 * static_cast<std::size_t>(most));
  }

 private:
  struct Fraction {
    std::size_t lane, position;
    double first, second;
  };

  void add_more(const Eight& at_risk, std::int32_t one, const Eight& counted, const Eight& end) {
    for (std::size_t k = 0; k < lanes; ++k)
      for (std::int32_t m = 4; m < counted[k]; ++m) list_[k * capacity_ + end[k] + m] = at_risk[k] - m * one;
  }

  // What is no count is put in its place at the end.
  void add_fractions(const Eight& at_risk, const Eight& first, const Eight& second, const Eight& counted,
                     const Eight& end) {
    if (fractions_.empty()) fractions_ = arena_.take<Fraction>(lanes * capacity_);
    for (std::size_t k = 0; k < lanes; ++k) {
      const double d = first[k] + second[k];
      fractions_of_[k] += counted[k];
      for (std::int32_t m = 0; m < counted[k]; ++m) {
        const double out = m / d;
        fractions_[fraction_count_++] = {k, static_cast<std::size_t>(end[k] + m),
                                         (at_risk[k] & first_bits) - out * first[k],
                                         (at_risk[k] >> second_from) - out * second[k]};
      }
    }
  }

  std::size_t capacity_;
  std::span<std::int32_t> list_;
  Arena& arena_;
  std::span<Fraction> fractions_;
  std::size_t fraction_count_ = 0;
  std::array<std::int32_t, lanes> fractions_of_{};
};

// Event times at which one group alone is at risk: the logarithms of their denominators.
class Alone {
 public:
  void add(const Eight& at_risk, const Eight& events) {
    Lanes n, d;
    write_numbers((at_risk & first_bits) + (at_risk >> second_from), n);
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

// The weights as counts of their patient's group, or nothing where one is no count or a resample's are too many.
struct Counts {
  std::span<const Eight> at_risk;  // one a row of the table
  std::size_t most = 0;            // that a resample has together
};
std::optional<Counts> count_patients(std::span<const Lanes> weight, std::span<const std::uint8_t> group, Arena& arena) {
  const std::span<Eight> at_risk = arena.take<Eight>(weight.size());
  HalfLanes sum[2] = {}, rest[2] = {};
  for (std::size_t i = 0; i < weight.size(); ++i) {
    Four whole[2];
#pragma GCC unroll 2
    for (std::size_t p = 0; p < 2; ++p) {
      const HalfLanes w = part(weight[i], p);
      whole[p] = __builtin_convertvector(w, Four);
      rest[p] = w == __builtin_convertvector(whole[p], HalfLanes) ? rest[p] : broadcast<HalfLanes>(1.0);
      sum[p] += w;
    }
    const Eight count = __builtin_shufflevector(whole[0], whole[1], 0, 1, 2, 3, 4, 5, 6, 7);
    at_risk[i] = count << (group[i] != 0 ? second_from : 0);
  }
  double most = 0.0;
  for (std::size_t k = 0; k < lanes; ++k) most = std::max(most, sum[k / 4][k % 4]);
  if (any_above(HalfLanes(rest[0] + rest[1]), 0.0) || !(most <= most_counted)) return {};
  return Counts{at_risk, static_cast<std::size_t>(most)};
}

}  // namespace

std::optional<WholeDenominators> whole_denominators(const SurvivalTable& table, std::span<const std::uint8_t> group,
                                                    const CoxCovariates& covariates, std::span<const Lanes> weight,
                                                    Arena& arena) {
  const std::optional<Counts> counts = count_patients(weight, group, arena);
  if (!counts) return {};
  const StratumOrder order = order_by_stratum(table.size(), covariates.stratum, covariates.strata, arena);
  Lists lists(counts->most, arena);
  Alone alone;
  Eight end{}, all_first{}, all_second{};
  std::size_t p = 0;
  for (const std::uint32_t last : order.end) {
    Eight at_risk{};
    for (std::size_t q = p; q < last; ++q) at_risk += counts->at_risk[order.position[q]];
    while (p < last) {
      const double time = table.time[order.position[p]];
      Eight leaving{}, dying{};
      bool in_group[2] = {};
      for (; p < last && table.time[order.position[p]] == time; ++p) {
        const std::size_t i = order.position[p];
        leaving += counts->at_risk[i];
        if (!table.event[i]) continue;
        dying += counts->at_risk[i];
        in_group[group[i]] = true;
      }
      if (in_group[0] || in_group[1]) {
        const Eight first = dying & first_bits, second = dying >> second_from, d = first + second;
        const Eight both = ((at_risk & first_bits) != 0) & ((at_risk >> second_from) != 0), counted = d & both;
        if (any(d & ~both)) alone.add(at_risk, d & ~both);
        all_first += first & both;
        all_second += second & both;
        lists.add_time(at_risk, first, second, in_group[0] && in_group[1] ? 2 : in_group[1], counted, end);
        end += counted;
      }
      at_risk -= leaving;
    }
  }
  if (!lists.stay_in_range()) return {};
  WholeDenominators result;
  result.pair = lists.finish(end);
  write_numbers(all_first, result.events[0]);
  write_numbers(all_second, result.events[1]);
  result.constant = -alone.value();
  return result;
}

}  // namespace oligosim

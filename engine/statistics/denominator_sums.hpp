#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include "engine/statistics/elementary.hpp"
#include "engine/statistics/lanes.hpp"
#include "engine/statistics/log_sum.hpp"

namespace oligosim {

/// The denominators of a partial likelihood of two groups, first + second * hazard ratio: sums of weights at risk.
/// Element k of the m-th is the m-th of resample k, whatever its time: resamples differ in how many events they have at
/// a time, not by much in how many in all. Their number is a multiple of four: behind its last a resample has 1 and 0,
/// which add nothing.
template <Weight V>
struct Denominators {
  std::span<const V> pair;   // first and second of each
  std::span<const V> often;  // of each; empty: once
};

/// `count` of them as whole fours.
constexpr std::size_t in_fours(std::size_t count) { return (count + 3) / 4 * 4; }

/// Sums over them at a hazard ratio.
template <Weight V>
struct DenominatorSums {
  V logarithms{};
  V expected{};     // events in the second group
  V information{};  // on the log hazard ratio
};

/// 1 / x of each of four by one division, that of their product, unless it leaves the range of numbers.
template <Weight V>
[[gnu::always_inline]] inline void take_inverses(const V (&x)[4], const V (&pair)[2], const V& product,
                                                 V (&inverse)[4]) {
  const V one = 1.0 / product, of_pair[2] = {one * pair[1], one * pair[0]};
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) inverse[i] = of_pair[i / 2] * x[i ^ 1];
  if (const auto within = in_range(product); any(!within)) [[unlikely]] {
    for (std::size_t i = 0; i < 4; ++i) inverse[i] = within ? inverse[i] : 1.0 / x[i];
  }
}

/// By parts of `Width`, which are worked on beside each other. `once`: each denominator.
template <bool once, Weight Width, Weight V>
[[gnu::always_inline]] inline DenominatorSums<V> sum_parts(const Denominators<V>& denominators, const V& beta) {
  constexpr std::size_t parts = lane_count<V> / lane_count<Width>;
  const auto part_of = [](const V* values, std::size_t i, std::size_t p) __attribute__((always_inline)) {
    Width some;
    std::memcpy(&some, reinterpret_cast<const double*>(values + i) + p * lane_count<Width>, sizeof some);
    return some;
  };
  Width hazard_ratio[parts], expected[parts][2] = {}, information[parts][2] = {};  // of those in even and odd places
  LogSum<Width> logarithms[parts];
  for (std::size_t p = 0; p < parts; ++p) hazard_ratio[p] = elementary::exp(part_of(&beta, 0, p));
  const V *const pair = denominators.pair.data(), *const often = denominators.often.data();
  // The shares of the second group lack the hazard ratio, which is the same of all.
  const auto add_four = [&](std::size_t m, std::size_t p) __attribute__((always_inline)) {
    Width first[4], second[4], both[4], inverse[4], times[4];
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      first[i] = part_of(pair, 2 * (m + i), p), second[i] = part_of(pair, 2 * (m + i) + 1, p);
      both[i] = multiply_add(second[i], hazard_ratio[p], first[i]);
    }
    const Width product_of_two[2] = {both[0] * both[1], both[2] * both[3]};
    const Width product = product_of_two[0] * product_of_two[1];
    take_inverses(both, product_of_two, product, inverse);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      Width share = second[i] * inverse[i];
      if constexpr (!once) {
        times[i] = part_of(often, m + i, p);
        share *= times[i];
      }
      expected[p][i % 2] += share;
      information[p][i % 2] = multiply_add(share, first[i] * inverse[i], information[p][i % 2]);
    }
    once ? logarithms[p].add(both, product) : logarithms[p].add(both, product, times);
  };
  const std::size_t count = denominators.pair.size() / 2;
#pragma GCC unroll 1
  for (std::size_t m = 0; m < count; m += 4) {
#pragma GCC unroll 2
    for (std::size_t p = 0; p < parts; ++p) add_four(m, p);
  }
  DenominatorSums<V> sums;
  for (std::size_t p = 0; p < parts; ++p) {
    const auto write = [p](V & to, const Width& from) __attribute__((always_inline)) {
      std::memcpy(reinterpret_cast<double*>(&to) + p * lane_count<Width>, &from, sizeof from);
    };
    write(sums.logarithms, logarithms[p].value());
    write(sums.expected, (expected[p][0] + expected[p][1]) * hazard_ratio[p]);
    write(sums.information, (information[p][0] + information[p][1]) * hazard_ratio[p]);
  }
  return sums;
}

/// The same bits in each lane.
DenominatorSums<double> denominator_sums(const Denominators<double>& denominators, const double& beta);
DenominatorSums<Lanes> denominator_sums(const Denominators<Lanes>& denominators, const Lanes& beta);
/// Where each is there once. The same bits by both: of any processor, and of one of level v4.
DenominatorSums<Lanes> denominator_sums_v3(const Denominators<Lanes>& denominators, const Lanes& beta);
DenominatorSums<Lanes> denominator_sums_v4(const Denominators<Lanes>& denominators, const Lanes& beta);

}  // namespace oligosim

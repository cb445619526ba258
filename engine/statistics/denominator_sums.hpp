#pragma once

#include <cstring>
#include <span>

#include "engine/statistics/elementary.hpp"
#include "engine/statistics/lanes.hpp"
#include "engine/statistics/log_sum.hpp"

namespace oligosim {

/// The denominators of a partial likelihood of two groups, first + second * hazard ratio: sums of weights at risk.
/// Element k of the m-th is the m-th of resample k, whatever its time: resamples differ in how many events they have at
/// a time, not by much in how many in all. Behind its last a resample has 1 and 0, whose logarithm adds nothing.
template <Weight V>
struct Denominators {
  std::span<const V> pair;   // first and second of each
  std::span<const V> often;  // of each; empty: once
};

/// Sums over them at a hazard ratio.
template <Weight V>
struct DenominatorSums {
  V logarithms{};
  V expected{};     // events in the second group
  V information{};  // on the log hazard ratio
};

/// By parts of `Width`, which are worked on beside each other. `once`: each denominator, and no
/// product of them falls below 1e-100.
template <bool once, Weight Width, Weight V>
[[gnu::always_inline]] inline DenominatorSums<V> sum_parts(const Denominators<V>& denominators, const V& beta) {
  constexpr std::size_t parts = lane_count<V> / lane_count<Width>;
  const auto part_of = [](const V* values, std::size_t i, std::size_t p) __attribute__((always_inline)) {
    Width some;
    std::memcpy(&some, reinterpret_cast<const double*>(values + i) + p * lane_count<Width>, sizeof some);
    return some;
  };
  Width hazard_ratio[parts], expected[parts] = {}, information[parts] = {};
  LogSum<Width> logarithms[parts];
  for (std::size_t p = 0; p < parts; ++p) hazard_ratio[p] = elementary::exp(part_of(&beta, 0, p));
  const V *const pair = denominators.pair.data(), *const often = denominators.often.data();
  const auto add = [&](std::size_t m, std::size_t p) __attribute__((always_inline)) {
    const Width first = part_of(pair, 2 * m, p), second = part_of(pair, 2 * m + 1, p) * hazard_ratio[p];
    const Width both = first + second, inverse = 1.0 / both;
    Width share = second * inverse;
    if constexpr (!once) {
      const Width times = part_of(often, m, p);
      logarithms[p].add(both, times);
      share *= times;
    }
    expected[p] += share;
    information[p] += share * (first * inverse);
    return both;
  };
  const std::size_t count = denominators.pair.size() / 2;
  std::size_t m = 0;
  if constexpr (once) {
    for (; m + 4 <= count; m += 4) {
#pragma GCC unroll 2
      for (std::size_t p = 0; p < parts; ++p) {
        logarithms[p].add_growing({add(m, p), add(m + 1, p), add(m + 2, p), add(m + 3, p)});
      }
    }
  }
#pragma GCC unroll 1
  for (; m < count; ++m) {
#pragma GCC unroll 2
    for (std::size_t p = 0; p < parts; ++p) {
      const Width both = add(m, p);
      if constexpr (once) logarithms[p].add_growing(both);
    }
  }
  DenominatorSums<V> sums;
  for (std::size_t p = 0; p < parts; ++p) {
    const auto write = [p](V & to, const Width& from) __attribute__((always_inline)) {
      std::memcpy(reinterpret_cast<double*>(&to) + p * lane_count<Width>, &from, sizeof from);
    };
    write(sums.logarithms, logarithms[p].value());
    write(sums.expected, expected[p]);
    write(sums.information, information[p]);
  }
  return sums;
}

/// The same bits in each lane.
DenominatorSums<double> denominator_sums(const Denominators<double>& denominators, const double& beta);
DenominatorSums<Lanes> denominator_sums(const Denominators<Lanes>& denominators, const Lanes& beta);
/// Where each is there once and no product of them falls below 1e-100. The same bits by both: of any processor, and of
/// one of level v4.
DenominatorSums<Lanes> denominator_sums_v3(const Denominators<Lanes>& denominators, const Lanes& beta);
DenominatorSums<Lanes> denominator_sums_v4(const Denominators<Lanes>& denominators, const Lanes& beta);

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <cstring>
#include <span>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/numeric/log_sum.hpp"
#include "engine/numeric/multiply_add.hpp"

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

/// What the root of the score takes: sums of the second group's shares of the risk, which are the events expected
/// there, of their squares and of their cubes.
template <Weight V>
struct ShareSums {
  V shares{};
  V squares{};
  V cubes{};
};

/// numerator / x of each of four by one division, by their product, unless it leaves the range of numbers.
template <Weight V>
[[gnu::always_inline]] inline void divide_by_four(const V& numerator, const V (&x)[4], const V (&pair)[2],
                                                  const V& product, V (&ratio)[4]) {
  const V one = numerator / product, of_pair[2] = {one * pair[1], one * pair[0]};
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) ratio[i] = of_pair[i / 2] * x[i ^ 1];
  if (const auto within = in_range(product); any(!within)) [[unlikely]] {
    for (std::size_t i = 0; i < 4; ++i) ratio[i] = within ? ratio[i] : numerator / x[i];
  }
}

/// Four denominators of some resamples, and how often each is there.
template <Weight V>
struct FourDenominators {
  V first[4], second[4], both[4], times[4];
  V product_of_two[2], product;
};

/// What is added up of them, in even and odd places, and what comes of it.
template <Weight V>
class DenominatorSumming {
 public:
  using Sums = DenominatorSums<V>;
  // The second group's shares lack the hazard ratio, which is the same of all.
  template <bool once>
  [[gnu::always_inline]] inline void add(const FourDenominators<V>& four, const V&) {
    V inverse[4];
    divide_by_four(V{} + 1.0, four.both, four.product_of_two, four.product, inverse);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      V share = four.second[i] * inverse[i];
      if constexpr (!once) share *= four.times[i];
      expected_[i % 2] += share;
      information_[i % 2] = multiply_add(share, four.first[i] * inverse[i], information_[i % 2]);
    }
    once ? logarithms_.add(four.both, four.product) : logarithms_.add(four.both, four.product, four.times);
  }
  [[gnu::always_inline]] inline Sums sums(const V& hazard_ratio) {
    return {logarithms_.value(), (expected_[0] + expected_[1]) * hazard_ratio,
            (information_[0] + information_[1]) * hazard_ratio};
  }

 private:
  LogSum<V> logarithms_;
  V expected_[2] = {}, information_[2] = {};
};

template <Weight V>
class ShareSumming {
 public:
  using Sums = ShareSums<V>;
  template <bool once>
  [[gnu::always_inline]] inline void add(const FourDenominators<V>& four, const V& hazard_ratio) {
    V ratio[4];
    divide_by_four(hazard_ratio, four.both, four.product_of_two, four.product, ratio);
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i) {
      const V share = four.second[i] * ratio[i], counted = once ? share : share * four.times[i];
      const V square = counted * share;
      shares_[i % 2] += counted;
      squares_[i % 2] += square;
      cubes_[i % 2] = multiply_add(square, share, cubes_[i % 2]);
    }
  }
  [[gnu::always_inline]] inline Sums sums(const V&) {
    return {shares_[0] + shares_[1], squares_[0] + squares_[1], cubes_[0] + cubes_[1]};
  }

 private:
  V shares_[2] = {}, squares_[2] = {}, cubes_[2] = {};
};

/// Part p, of `Width`, of element i.
template <Weight Width, Weight V>
[[gnu::always_inline]] inline Width load_part(const V* values, std::size_t i, std::size_t p) {
  Width part;
  std::memcpy(&part, reinterpret_cast<const double*>(values + i) + p * lane_count<Width>, sizeof part);
  return part;
}

/// From the m-th on.
template <bool once, Weight Width, Weight V>
[[gnu::always_inline]] inline FourDenominators<Width> four_denominators(const Denominators<V>& denominators,
                                                                        std::size_t m, std::size_t p,
                                                                        const Width& hazard_ratio) {
  const V *const pair = denominators.pair.data(), *const often = denominators.often.data();
  FourDenominators<Width> four;
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) {
    four.first[i] = load_part<Width>(pair, 2 * (m + i), p);
    four.second[i] = load_part<Width>(pair, 2 * (m + i) + 1, p);
    four.both[i] = multiply_add(four.second[i], hazard_ratio, four.first[i]);
    if constexpr (!once) four.times[i] = load_part<Width>(often, m + i, p);
  }
  for (std::size_t i = 0; i < 2; ++i) four.product_of_two[i] = four.both[2 * i] * four.both[2 * i + 1];
  four.product = four.product_of_two[0] * four.product_of_two[1];
  return four;
}

/// By parts of `Width`, which are worked on beside each other. `once`: each denominator.
template <template <class> class Summing, bool once, Weight Width, Weight V>
[[gnu::always_inline]] inline typename Summing<V>::Sums sum_parts(const Denominators<V>& denominators, const V& beta) {
  constexpr std::size_t parts = lane_count<V> / lane_count<Width>;
  Width hazard_ratio[parts];
  Summing<Width> summing[parts];
  for (std::size_t p = 0; p < parts; ++p) hazard_ratio[p] = elementary::exp(load_part<Width>(&beta, 0, p));
  const std::size_t count = denominators.pair.size() / 2;
#pragma GCC unroll 1
  for (std::size_t m = 0; m < count; m += 4) {
#pragma GCC unroll 2
    for (std::size_t p = 0; p < parts; ++p) {
      summing[p].template add<once>(four_denominators<once>(denominators, m, p, hazard_ratio[p]), hazard_ratio[p]);
    }
  }
  typename Summing<V>::Sums all;
  for (std::size_t p = 0; p < parts; ++p) {
    const auto own = summing[p].sums(hazard_ratio[p]);
    // Each is its numbers one after the other.
    for (std::size_t s = 0; s < sizeof own / sizeof(Width); ++s) {
      std::memcpy(reinterpret_cast<double*>(&all) + s * lane_count<V> + p * lane_count<Width>,
                  reinterpret_cast<const char*>(&own) + s * sizeof(Width), sizeof(Width));
    }
  }
  return all;
}

/// The same bits in each lane.
DenominatorSums<double> denominator_sums(const Denominators<double>& denominators, const double& beta);
DenominatorSums<Lanes> denominator_sums(const Denominators<Lanes>& denominators, const Lanes& beta);
ShareSums<double> share_sums(const Denominators<double>& denominators, const double& beta);
ShareSums<Lanes> share_sums(const Denominators<Lanes>& denominators, const Lanes& beta);
/// Where each is there once. The same bits by both: of any processor, and of one of level v4.
DenominatorSums<Lanes> denominator_sums_v3(const Denominators<Lanes>& denominators, const Lanes& beta);
DenominatorSums<Lanes> denominator_sums_v4(const Denominators<Lanes>& denominators, const Lanes& beta);
ShareSums<Lanes> share_sums_v3(const Denominators<Lanes>& denominators, const Lanes& beta);
ShareSums<Lanes> share_sums_v4(const Denominators<Lanes>& denominators, const Lanes& beta);

}  // namespace oligosim

#pragma once

#include <immintrin.h>

#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace oligosim {

/// Eight numbers side by side, one a bootstrap resample: +, -, *, /, comparisons and ?: work lane by lane. A compiler
/// vector rather than Eigen::Array because it is trivially copyable, which the arena asks for.
using Lanes = double __attribute__((vector_size(64)));
inline constexpr std::size_t lanes = 8;

/// Four of them: what a processor of level v3 holds in a register, compares and selects at once. Kernels that do more
/// than add go through eight lanes in two halves.
using HalfLanes = double __attribute__((vector_size(32)));

/// What a kernel is written for: one weight a patient, or several resamples' weights at once. In a kernel write
/// `V s = at_risk > 0.0 ? a : b`; both arms are evaluated.
template <class V>
concept Weight = std::same_as<V, double> || std::same_as<V, HalfLanes> || std::same_as<V, Lanes>;

template <Weight V>
inline constexpr std::size_t lane_count = sizeof(V) / sizeof(double);

/// The number in one lane.
inline double lane(double value, std::size_t) { return value; }
inline double lane(const HalfLanes& value, std::size_t k) { return value[k]; }
inline double lane(const Lanes& value, std::size_t k) { return value[k]; }

/// A place to write to, of a value in memory.
inline double& lane_of(double& value, std::size_t) { return value; }
inline double& lane_of(Lanes& value, std::size_t k) { return reinterpret_cast<double*>(&value)[k]; }

/// Four numbers side by side, from `from` on.
inline HalfLanes four_of(const double* from) { return reinterpret_cast<HalfLanes>(_mm256_loadu_pd(from)); }

/// The same number in every lane.
template <Weight V>
V broadcast(double value) {
  return V{} + value;
}

/// f(x) lane by lane, with the bits of the scalar function.
template <Weight V, class F>
V each_lane(const V& x, const F& f) {
  if constexpr (std::same_as<V, double>) {
    return f(x);
  } else {
    V y;
    for (std::size_t k = 0; k < lane_count<V>; ++k) y[k] = f(x[k]);
    return y;
  }
}

/// f(k) in lane k.
template <Weight V, class F>
V from_lanes(const F& f) {
  if constexpr (std::same_as<V, double>) {
    return f(std::size_t{0});
  } else {
    V y;
    for (std::size_t k = 0; k < lane_count<V>; ++k) y[k] = f(k);
    return y;
  }
}

template <Weight V>
V exp_of(const V& x) {
  return each_lane(x, [](double v) { return std::exp(v); });
}
template <Weight V>
V log_of(const V& x) {
  return each_lane(x, [](double v) { return std::log(v); });
}
template <Weight V>
V sqrt_of(const V& x) {
  return each_lane(x, [](double v) { return std::sqrt(v); });
}

/// Whether it is so in any lane.
inline bool any_above(double x, double bound) { return x > bound; }
inline bool any_above(const HalfLanes& x, double bound) {
  return _mm256_movemask_pd(reinterpret_cast<__m256d>(x > bound)) != 0;
}
[[gnu::always_inline]] inline bool any_above(const Lanes& x, double bound) {
  return any_above(HalfLanes(__builtin_shufflevector(x, x, 0, 1, 2, 3)), bound) ||
         any_above(HalfLanes(__builtin_shufflevector(x, x, 4, 5, 6, 7)), bound);
}

/// Whether a comparison holds in any lane.
[[gnu::always_inline]] inline bool any(bool holds) { return holds; }
[[gnu::always_inline]] inline bool any(std::int64_t __attribute__((vector_size(32))) holds) {
  return _mm256_movemask_pd(reinterpret_cast<__m256d>(holds)) != 0;
}
[[gnu::always_inline]] inline bool any(std::int64_t __attribute__((vector_size(64))) holds) {
  return any(__builtin_shufflevector(holds, holds, 0, 1, 2, 3) | __builtin_shufflevector(holds, holds, 4, 5, 6, 7));
}

/// Whether it holds in all lanes.
inline bool all(bool holds) { return holds; }
inline bool all(long long __attribute__((vector_size(32))) holds) {
  return _mm256_movemask_pd(reinterpret_cast<__m256d>(holds)) == 15;
}

/// What a kernel that selects computes with: eight lanes in two halves, anything else as it is.
template <Weight V>
using Part = std::conditional_t<std::same_as<V, Lanes>, HalfLanes, V>;
template <Weight V>
inline constexpr std::size_t part_count = sizeof(V) / sizeof(Part<V>);
template <Weight V>
using Parts = std::array<Part<V>, part_count<V>>;

/// Part p of a value in memory. By loads and stores of its own: the compiler takes eight lanes apart number by number.
template <Weight V>
Part<V> part(const V& value, std::size_t p) {
  if constexpr (std::same_as<V, Lanes>) {
    return reinterpret_cast<HalfLanes>(_mm256_load_pd(reinterpret_cast<const double*>(&value) + 4 * p));
  } else {
    return value;
  }
}
template <Weight V>
void set_part(V& value, std::size_t p, const Part<V>& x) {
  if constexpr (std::same_as<V, Lanes>) {
    _mm256_store_pd(reinterpret_cast<double*>(&value) + 4 * p, reinterpret_cast<__m256d>(x));
  } else {
    value = x;
  }
}
template <Weight V>
void set_parts(V& value, const Parts<V>& parts) {
  for (std::size_t p = 0; p < part_count<V>; ++p) set_part(value, p, parts[p]);
}

}  // namespace oligosim

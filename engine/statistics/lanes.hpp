#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>

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
  const auto above = x > bound;
  return (above[0] | above[1] | above[2] | above[3]) != 0;
}
inline bool any_above(const Lanes& x, double bound) {
  for (std::size_t k = 0; k < lanes; ++k)
    if (x[k] > bound) return true;
  return false;
}

}  // namespace oligosim

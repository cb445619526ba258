#pragma once

#include <immintrin.h>

#include <cmath>
#include <cstddef>
#include <cstring>
#include <span>

#include "engine/statistics/lanes.hpp"

namespace oligosim {

/// out[i] = f(column[i] ...) for columns of one length, four patients at a time and those left over one by one: without
/// a branch whatever f selects. f takes and returns doubles as it does HalfLanes.
template <class F, class... Column>
void fill_in_lanes(std::span<double> out, const F& f, const Column&... column) {
  constexpr std::size_t width = lane_count<HalfLanes>;
  const auto four = [](std::span<const double> from, std::size_t i) {
    HalfLanes values;
    std::memcpy(&values, from.data() + i, sizeof values);
    return values;
  };
  std::size_t i = 0;
  for (; i + width <= out.size(); i += width) {
    const HalfLanes values = f(four(column, i)...);
    std::memcpy(out.data() + i, &values, sizeof values);
  }
  for (; i < out.size(); ++i) out[i] = f(column[i]...);
}

/// One of two numbers in each lane: `yes` where the flag is 1, `no` where it is 0.
template <Weight V>
V either(const V& flag, double yes, double no) {
  return flag > 0.0 ? V{} + yes : V{} + no;
}

inline double floor_of(double x) { return std::floor(x); }
inline HalfLanes floor_of(const HalfLanes& x) {
  return reinterpret_cast<HalfLanes>(_mm256_floor_pd(reinterpret_cast<__m256d>(x)));
}

}  // namespace oligosim

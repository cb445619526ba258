#pragma once

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>

#include "engine/statistics/lanes.hpp"

namespace oligosim {

/// From the lowest to the highest of some values.
struct ValueRange {
  double lowest, highest;

  /// Whether it can be divided into steps: not empty, a point, or so wide or narrow that numbers overflow.
  bool divides() const { return highest - lowest > 1e-290 && highest - lowest < 1e290; }
  /// Factor that takes the distance from the lowest value to a number of steps, 0 to `last` where it is cut off.
  double steps_a_unit(double last) const { return last / (highest - lowest); }
};

/// Of the values that are not NaN, or of those that are finite too.
template <bool finite>
ValueRange range_among(std::span<const double> value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr std::size_t width = lane_count<HalfLanes>, chains = 2;  // side by side, each waits for itself alone
  HalfLanes lowest[chains], highest[chains];
  for (HalfLanes& l : lowest) l = broadcast<HalfLanes>(infinity);
  for (HalfLanes& h : highest) h = broadcast<HalfLanes>(-infinity);
  const auto see = [&](const HalfLanes& v, std::size_t chain) __attribute__((always_inline)) {
    const HalfLanes high = finite ? (v < infinity ? v : HalfLanes{} - infinity) : v;
    lowest[chain] = v < lowest[chain] ? v : lowest[chain];
    highest[chain] = high > highest[chain] ? high : highest[chain];
  };
  std::size_t i = 0;
  for (; i + chains * width <= value.size(); i += chains * width) {
#pragma GCC unroll 2
    for (std::size_t chain = 0; chain < chains; ++chain) {
      HalfLanes v;
      std::memcpy(&v, &value[i + chain * width], sizeof v);
      see(v, chain);
    }
  }
  for (; i < value.size(); ++i) see(broadcast<HalfLanes>(value[i]), 0);
  ValueRange range{infinity, -infinity};
  for (std::size_t chain = 0; chain < chains; ++chain)
    for (std::size_t k = 0; k < width; ++k) {
      range.lowest = std::min(range.lowest, lowest[chain][k]);
      range.highest = std::max(range.highest, highest[chain][k]);
    }
  return range;
}

inline ValueRange range_of(std::span<const double> value) { return range_among<false>(value); }
/// Without those that are infinite, of which none may be the lowest.
inline ValueRange finite_range_of(std::span<const double> value) { return range_among<true>(value); }

}  // namespace oligosim

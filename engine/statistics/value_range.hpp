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

/// The range of values that are told four at a time, where infinite ones do not count; none may be minus infinity.
class FiniteRange {
 public:
  [[gnu::always_inline]] void see(const HalfLanes& value) {
    const HalfLanes finite = value < infinity ? value : HalfLanes{} - infinity;
    lowest_ = value < lowest_ ? value : lowest_;
    highest_ = finite > highest_ ? finite : highest_;
  }
  ValueRange range() const {
    ValueRange range{infinity, -infinity};
    for (std::size_t k = 0; k < lane_count<HalfLanes>; ++k) {
      range.lowest = std::min(range.lowest, lowest_[k]);
      range.highest = std::max(range.highest, highest_[k]);
    }
    return range;
  }

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();

  HalfLanes lowest_ = HalfLanes{} + infinity, highest_ = HalfLanes{} - infinity;
};

/// Of the values that are not NaN.
inline ValueRange range_of(std::span<const double> value) {
  constexpr std::size_t width = lane_count<HalfLanes>, chains = 2;  // side by side, each waits for itself alone
  ValueRange range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  HalfLanes lowest[chains] = {HalfLanes{} + range.lowest, HalfLanes{} + range.lowest};
  HalfLanes highest[chains] = {HalfLanes{} + range.highest, HalfLanes{} + range.highest};
  std::size_t i = 0;
  for (; i + chains * width <= value.size(); i += chains * width) {
#pragma GCC unroll 2
    for (std::size_t chain = 0; chain < chains; ++chain) {
      HalfLanes v;
      std::memcpy(&v, &value[i + chain * width], sizeof v);
      lowest[chain] = v < lowest[chain] ? v : lowest[chain];
      highest[chain] = v > highest[chain] ? v : highest[chain];
    }
  }
  const auto see = [&](double low, double high) {
    if (low < range.lowest) range.lowest = low;
    if (high > range.highest) range.highest = high;
  };
  for (; i < value.size(); ++i) see(value[i], value[i]);
  for (std::size_t chain = 0; chain < chains; ++chain)
    for (std::size_t k = 0; k < width; ++k) see(lowest[chain][k], highest[chain][k]);
  return range;
}

}  // namespace oligosim

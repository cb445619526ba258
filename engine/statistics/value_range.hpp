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

/// Of the values that are not NaN.
inline ValueRange range_of(std::span<const double> value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr std::size_t width = lane_count<HalfLanes>;
  HalfLanes lowest = broadcast<HalfLanes>(infinity), highest = -lowest;
  const auto see = [&](const HalfLanes& v) {
    lowest = v < lowest ? v : lowest;
    highest = v > highest ? v : highest;
  };
  std::size_t i = 0;
  for (; i + width <= value.size(); i += width) {
    HalfLanes v;
    std::memcpy(&v, &value[i], sizeof v);
    see(v);
  }
  for (; i < value.size(); ++i) see(broadcast<HalfLanes>(value[i]));
  ValueRange range{infinity, -infinity};
  for (std::size_t k = 0; k < width; ++k) {
    range.lowest = std::min(range.lowest, lowest[k]);
    range.highest = std::max(range.highest, highest[k]);
  }
  return range;
}

}  // namespace oligosim

#pragma once

#include <algorithm>
#include <limits>
#include <span>

#include "engine/numeric/lanes.hpp"

namespace oligosim {

/// From the lowest to the highest of some values.
struct ValueRange {
  double lowest, highest;

  /// Whether it can be divided into steps: not empty, a point, or so wide or narrow that numbers overflow.
  bool divides() const { return highest - lowest > 1e-290 && highest - lowest < 1e290; }
  /// Factor that takes the distance from the lowest value to a number of steps, 0 to `last` where it is cut off.
  double steps_a_unit(double last) const { return last / (highest - lowest); }
};

/// The range of values that are told four at a time, but for NaN.
class SeenRange {
 public:
  [[gnu::always_inline]] void see(const HalfLanes& value) { see(value, value); }
  /// Infinite ones do not count; none may be minus infinity.
  [[gnu::always_inline]] void see_finite(const HalfLanes& value) {
    see(value, value < infinity ? value : HalfLanes{} - infinity);
  }
  void see(const SeenRange& other) { see(other.lowest_, other.highest_); }

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

  [[gnu::always_inline]] void see(const HalfLanes& low, const HalfLanes& high) {
    lowest_ = low < lowest_ ? low : lowest_;
    highest_ = high > highest_ ? high : highest_;
  }

  HalfLanes lowest_ = HalfLanes{} + infinity, highest_ = HalfLanes{} - infinity;
};

/// Of the values that are not NaN.
inline ValueRange range_of(std::span<const double> value) {
  constexpr std::size_t width = lane_count<HalfLanes>;
  SeenRange even, odd;  // side by side: each waits for itself alone
  std::size_t i = 0;
  for (; i + 2 * width <= value.size(); i += 2 * width) {
    even.see(four_of(&value[i]));
    odd.see(four_of(&value[i + width]));
  }
  for (; i < value.size(); ++i) even.see(broadcast<HalfLanes>(value[i]));
  even.see(odd);
  return even.range();
}

}  // namespace oligosim

#pragma once

#include "engine/numeric/lanes.hpp"

namespace oligosim {

/// Percent change of a diameter, or of a sum of diameters, from the baseline; -100: gone.
inline constexpr double gone = -100;
/// What keeps a change apart from the threshold of its class.
inline constexpr double change_margin = 0.1;

/// Change as a decreasing function of a response score (R of irradiated lesions, V of others): no change at
/// `unchanged_at`, `partial` at `partial_at`, gone from `complete_at` on, linear between and beyond, at most `limit`.
class ChangeCurve {
 public:
  ChangeCurve(double unchanged_at, double partial_at, double complete_at, double partial, double limit)
      : unchanged_at_(unchanged_at),
        partial_at_(partial_at),
        complete_at_(complete_at),
        partial_(partial),
        limit_(limit),
        first_slope_(partial / (partial_at - unchanged_at)),
        second_slope_((gone - partial) / (complete_at - partial_at)) {}

  template <Weight V>
  V operator()(const V& score) const {
    const V first = first_slope_ * (score - unchanged_at_);
    const V second = partial_ + second_slope_ * (score - partial_at_);
    const V lowest = V{} + (gone + change_margin), highest = V{} + limit_;
    const V change = score > partial_at_ ? (lowest < second ? second : lowest) : (first < highest ? first : highest);
    return score >= complete_at_ ? V{} + gone : change;
  }

  template <Weight V>
  V slope(const V& score) const {
    const V change = (*this)(score);
    const V slope = score > partial_at_ ? V{} + second_slope_ : V{} + first_slope_;
    return (change <= gone + change_margin) | (change >= limit_) ? V{} : slope;
  }
  /// A score with this change, without regard to the limit.
  template <Weight V>
  V inverse(const V& change) const {
    return change < partial_ ? partial_at_ + (change - partial_) / second_slope_
                             : unchanged_at_ + change / first_slope_;
  }

 private:
  double unchanged_at_, partial_at_, complete_at_, partial_, limit_, first_slope_, second_slope_;
};

}  // namespace oligosim

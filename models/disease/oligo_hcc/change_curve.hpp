#pragma once

#include <algorithm>
#include <span>

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
        limit_(limit) {}

  double operator()(double score) const {
    const bool partial = score > partial_at_;
    const double part = (partial ? (gone - partial_) * (score - partial_at_) : partial_ * (score - unchanged_at_)) /
                        (partial ? complete_at_ - partial_at_ : partial_at_ - unchanged_at_);
    const double change = partial ? std::max(gone + change_margin, partial_ + part) : std::min(limit_, part);
    return score >= complete_at_ ? gone : change;
  }

  double slope(double score) const {
    const double change = (*this)(score);
    if (change <= gone + change_margin || change >= limit_) return 0;
    return score > partial_at_ ? (gone - partial_) / (complete_at_ - partial_at_)
                               : partial_ / (partial_at_ - unchanged_at_);
  }
  /// A score with this change, without regard to the limit.
  double inverse(double change) const {
    return change < partial_ ? partial_at_ + (change - partial_) / (gone - partial_) * (complete_at_ - partial_at_)
                             : unchanged_at_ + change / partial_ * (partial_at_ - unchanged_at_);
  }

  /// The changes of lesions with these scores after all are shifted alike until their mean, weighted by diameter, is
  /// `mean`; from gone to the limit.
  void shifted_to(double mean, std::span<const double> scores, std::span<const double> diameter,
                  std::span<double> change) const;

 private:
  double unchanged_at_, partial_at_, complete_at_, partial_, limit_;
};

}  // namespace oligosim

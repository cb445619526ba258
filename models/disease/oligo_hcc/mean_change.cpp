#include "models/disease/oligo_hcc/mean_change.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace oligosim {
namespace {

constexpr double lowest = -200, highest = 200;

/// Between which shifts the mean comes down to a value, as far as it has been looked at.
class Crossing {
 public:
  Crossing(const MeanChange& change, double mean) : change_(change), mean_(mean) {}

  /// By how much the mean at a shift in between is above the value.
  double look(double shift) {
    const double excess = change_.at(shift) - mean_;
    (excess > 0 ? above_ : below_) = shift;
    return excess;
  }
  /// Whether it is above: looked at only if that does not follow from what is known.
  bool above(double shift) {
    if (between(shift)) look(shift);
    return shift <= above_;
  }
  /// From a few roundings away on, until the crossing lies in between.
  void look_around(double shift) {
    double away = 0x1p-51 * std::max(1.0, std::abs(shift));
    for (int look = 0; look < 3 && !(above(shift - away) && !above(shift + away)); ++look) away *= 8;
  }

  bool between(double shift) const { return shift > above_ && shift < below_; }
  double middle() const { return (above_ + below_) / 2; }

  /// The lower end of what 60 halvings leave. Those after which the ends still are multiples of the width, without
  /// rounding, are skipped where the crossing is known to be in one such interval.
  double halved() {
    constexpr int all = 60;
    int step = std::abs(above_) < 4 ? 54 : 48;
    const double width = (highest - lowest) / static_cast<double>(std::uint64_t{1} << step);
    double low = std::floor(above_ / width) * width, high = low + width;
    if (above_ < low || below_ > high) low = lowest, high = highest, step = 0;
    for (; step < all; ++step) {
      const double middle = (low + high) / 2;
      const bool is_above = above(middle);
      low = is_above ? middle : low;
      high = is_above ? high : middle;
    }
    return low;
  }

 private:
  const MeanChange& change_;
  double mean_, above_ = lowest, below_ = highest;
};

}  // namespace

MeanChange::MeanChange(const ChangeCurve& curve, std::span<const double> scores, std::span<const double> diameter)
    : curve_(curve), scores_(scores), diameter_(diameter) {
  for (std::size_t j = 0; j < scores_.size(); ++j) total_ += diameter_[j], score_ += diameter_[j] * scores_[j];
  score_ /= total_;
}

double MeanChange::at(double shift) const {
  double sum = 0;
  for (std::size_t j = 0; j < scores_.size(); ++j) sum += curve_(scores_[j] + shift) * diameter_[j];
  return sum / total_;
}

double MeanChange::slope(double shift) const {
  double sum = 0;
  for (std::size_t j = 0; j < scores_.size(); ++j) sum += curve_.slope(scores_[j] + shift) * diameter_[j];
  return sum / total_;
}

// Newton's steps, which end on the right piece of a piecewise linear function. How good they are decides how often the
// halvings have to look, not what they end at.
double MeanChange::shift_to(double mean) const {
  constexpr int most_steps = 8;
  constexpr double near = 1e-9;
  Crossing crossing(*this, mean);
  double shift = curve_.inverse(mean) - score_, excess = 1;
  for (int step = 0; step < most_steps && std::abs(excess) > near; ++step) {
    if (!crossing.between(shift)) shift = crossing.middle();
    excess = crossing.look(shift);
    shift -= excess / slope(shift);
  }
  crossing.look_around(shift);
  return crossing.halved();
}

void ChangeCurve::shifted_to(double mean, std::span<const double> scores, std::span<const double> diameter,
                             std::span<double> change) const {
  if (mean <= gone || scores.size() == 1) {
    std::ranges::fill(change, std::max(mean, gone));
    return;
  }
  const MeanChange of_all(*this, scores, diameter);
  const double shift = of_all.shift_to(mean);
  double sum = 0;
  for (std::size_t j = 0; j < change.size(); ++j) {
    change[j] = (*this)(scores[j] + shift);
    sum += change[j] * diameter[j];
  }
  // What is left, a jump at most, is put where there is room.
  const double total = of_all.total_diameter();
  double rest = (mean - sum / total) * total;
  for (std::size_t j = 0; j < change.size(); ++j) {
    const double moved = std::max(gone, change[j] + rest / diameter[j]);
    rest -= (moved - change[j]) * diameter[j];
    change[j] = moved;
  }
}

}  // namespace oligosim

#pragma once

#include <span>

#include "models/disease/oligo_hcc/change_curve.hpp"

namespace oligosim {

/// The mean change of lesions whose scores are all shifted alike, weighted by diameter: it falls with the shift.
class MeanChange {
 public:
  MeanChange(const ChangeCurve& curve, std::span<const double> scores, std::span<const double> diameter);

  double at(double shift) const;
  double slope(double shift) const;
  double total_diameter() const { return total_; }

  /// The shift at which the mean comes down to `mean`: the lower end of what 60 halvings of (-200, 200) leave.
  double shift_to(double mean) const;

 private:
  const ChangeCurve& curve_;
  std::span<const double> scores_, diameter_;
  double total_ = 0, score_ = 0;  // sum of diameters; mean score
};

}  // namespace oligosim

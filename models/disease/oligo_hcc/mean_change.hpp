#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "models/disease/oligo_hcc/change_curve.hpp"

namespace oligosim {

/// Sum of changes times diameters, and its derivative by the shift.
template <Weight V>
struct SumAndSlope {
  V sum, slope;
};

/// The mean change of a patient's lesions whose scores are all shifted alike, weighted by diameter: it falls with the
/// shift. Of one patient, or of one in each lane.
template <Weight V>
class MeanChange {
 public:
  /// Lesion after lesion; a diameter of 0: there are fewer.
  MeanChange(const ChangeCurve& curve, std::span<const V> scores, std::span<const V> diameter);

  SumAndSlope<V> with_slope(const V& shift) const {
    SumAndSlope<V> found{};
    for (std::size_t j = 0; j < scores_.size(); ++j) {
      const V score = scores_[j] + shift;
      found.sum += curve_(score) * diameter_[j];
      found.slope += curve_.slope(score) * diameter_[j];
    }
    return found;
  }
  const V& total_diameter() const { return total_; }

  static constexpr double near = 1e-9;
  /// A shift from -200 to 200 at which the mean is `mean` within `near`, or up to `near` before it jumps below that.
  V shift_to(const V& mean) const;

 private:
  const ChangeCurve& curve_;
  std::span<const V> scores_, diameter_;
  V total_{}, score_{};  // sum of diameters; mean score
};

/// Lesions of one patient that follow each other and change on average, weighted by diameter, by `mean` percent.
struct LesionGroup {
  std::uint32_t first, count;
  double mean;
};

/// The changes of lesions: in each group those of their scores after all are shifted alike until their mean is the
/// group's, from gone to the limit. `scores`, `diameter` and `change` have one element a lesion.
void share_changes(const ChangeCurve& curve, std::span<const LesionGroup> groups, std::span<const double> scores,
                   std::span<const double> diameter, std::span<double> change, Arena& arena);

/// The same of those whose lesions share a change, in ascending order of their numbers, at least one: by both, of any
/// processor, and of one of level v4, with eight groups side by side.
void share_ordered_v3(const ChangeCurve& curve, std::span<const LesionGroup> ordered, std::span<const double> scores,
                      std::span<const double> diameter, std::span<double> change, Arena& arena);
void share_ordered_v4(const ChangeCurve& curve, std::span<const LesionGroup> ordered, std::span<const double> scores,
                      std::span<const double> diameter, std::span<double> change, Arena& arena);

}  // namespace oligosim

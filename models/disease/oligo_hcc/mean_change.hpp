#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/lanes.hpp"
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

  V at(const V& shift) const { return at<1>({shift})[0]; }
  /// At several shifts at once, which do not wait for each other.
  template <std::size_t N>
  std::array<V, N> at(const std::array<V, N>& shift) const {
    std::array<V, N> mean{};
    for (std::size_t j = 0; j < scores_.size(); ++j)
      for (std::size_t n = 0; n < N; ++n) mean[n] += curve_(scores_[j] + shift[n]) * diameter_[j];
    for (V& m : mean) m /= total_;
    return mean;
  }
  SumAndSlope<V> with_slope(const V& shift) const;
  const V& total_diameter() const { return total_; }

  /// The shift at which the mean comes down to `mean`: the lower end of what 60 halvings of (-200, 200) leave.
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

}  // namespace oligosim

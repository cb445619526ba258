#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/sequential/sequential_inference.hpp"

namespace oligosim {

/// sequential_inference() of one stage for many z, within 1e-9: its numbers are smooth in z, so that polynomials meet
/// them at the Chebyshev nodes of short intervals. An interval is made once, by whoever asks first; a z beyond all of
/// them, and stages whose looks follow each other so closely that theirs would be many, are computed one by one.
class InferenceTable {
 public:
  InferenceTable(std::shared_ptr<const SequentialStage> stage, double confidence);

  /// Whether it is of this stage: the same look at the same information, and so are those before.
  bool describes(const SequentialStage& stage) const;
  SequentialInference at(double z) const;

 private:
  static constexpr std::size_t nodes = 14;
  struct Interval {
    std::once_flag made;
    // Of the normal quantile of the p value, the estimate and its two limits; NaN where one has no number.
    std::array<HalfLanes, nodes> coefficient;
  };
  void make(std::size_t interval) const;

  std::shared_ptr<const SequentialStage> stage_;
  double confidence_;
  double width_ = 1;
  std::size_t count_ = 0;
  std::unique_ptr<Interval[]> interval_;
};

}  // namespace oligosim

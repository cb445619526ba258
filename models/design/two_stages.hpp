#pragma once

#include "engine/statistics/sequential/combination_test.hpp"
#include "models/design/combined_stages.hpp"

namespace oligosim {

/// What designs have in common that plan their second stage anew at one interim look: the primary analysis in two
/// stages.
class TwoStages : public CombinedStages {
 public:
  std::size_t planned_patients() const override { return planned_patients_; }

 protected:
  /// The keys of CombinedStages, and `planned_patients`.
  void read_two_stages(DesignInput& input);
  double null_ratio_of_primary(const DesignInput& input) const;

  /// Of a trial that stops at its interim look, and of one whose stages are combined. `drift_weight`: CombinedTest.
  CombinedTest first_test(double z, double information, bool all_of_alpha) const;
  CombinedTest last_test(double z, double drift_weight) const;
  CombinationTest combination() const { return {looks_.front().information, boundaries_.back()}; }

  std::size_t planned_patients_ = 0;
};

}  // namespace oligosim

#pragma once

#include "engine/statistics/sequential/combination_test.hpp"
#include "models/design/design.hpp"

namespace oligosim {

/// What designs have in common that plan their second stage anew at one interim look by events: two stages, combined
/// with the weights of the information planned, one-sided. Efficacy is claimed at the interim look only where the study
/// has `efficacy`.
class TwoStages : public Design {
 public:
  std::span<const double> efficacy_boundaries() const override { return boundaries_; }
  bool combines() const override { return true; }
  std::size_t planned_patients() const override { return planned_patients_; }

 protected:
  /// `primary`, `alpha`, `looks`, `efficacy`, `planned_patients` and `latest_month`.
  void read_stages(DesignInput& input);
  double null_ratio_of_primary(const DesignInput& input) const;

  /// Of a trial that stops at its interim look, and of one whose stages are combined. `drift_weight`: CombinedTest.
  CombinedTest first_test(double z, double information, bool all_of_alpha) const;
  CombinedTest last_test(double z, double drift_weight) const;
  CombinationTest combination() const { return {looks_.front().information, boundaries_.back()}; }
  std::size_t events(std::size_t look) const { return *looks_[look].events; }

  std::vector<double> boundaries_;
  std::optional<SequentialDesign> sequential_;
  std::size_t planned_patients_ = 0;
  bool ready_ = false;  // false: what was read has mistakes
};

}  // namespace oligosim

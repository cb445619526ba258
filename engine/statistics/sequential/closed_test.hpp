#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sequential/intersection_test.hpp"
#include "engine/statistics/sequential/sequential_design.hpp"
#include "engine/statistics/sequential/test_graph.hpp"

namespace oligosim {

/// What a stage on its own shows of an arm against the control.
struct ArmStage {
  double z = missing;      // positive where it favours the arm; NaN: nothing new
  double information = 0;  // of the effect: E z = effect * sqrt(information)
};

/// The effect of an arm that the stages together say, on the scale of its information; its limits are repeated ones,
/// which hold for all arms at once with the level of the design on each side.
struct CombinedEffect {
  double estimate = missing, lower = missing, upper = missing;
  double p_value = missing;  // one-sided, of the closed test, by the stage-wise ordering; at most the level where, and
                             // only where, the arm is claimed. None before the end of an arm that is not
  bool dropped = false;      // the arm left the trial unclaimed
};

/// A closed test of the hypotheses that none of several arms is better than a shared control, over stages in which arms
/// may be dropped for whatever they showed: the hypothesis of each set of arms is tested in each stage by those of the
/// set that are in the trial and show anything new (z = 0 where none does), the stages are combined with weights fixed
/// beforehand, and an arm is claimed where all sets with it are rejected, each at any stage (Bauer and Kieser 1999;
/// Posch et al. 2005). One trial's; takes no memory.
class ClosedTest {
 public:
  static constexpr std::size_t most_arms = 6;
  static constexpr std::size_t most_stages = 10;

  /// `loading`: one an arm (Dunnett). Both outlive it.
  ClosedTest(Intersection test, std::span<const double> loading) : test_(test), loading_(loading) {}

  /// `shown`: one an arm; those in `arms` are in the trial. `information`: at its end, a fraction of the planned.
  /// `boundary`: of the combined z. `stage`: of the design, for p values; null: without interim boundaries.
  void add(HypothesisSet arms, std::span<const ArmStage> shown, double information, double boundary,
           const SequentialStage* stage = nullptr);

  /// Arms claimed so far.
  HypothesisSet claimed() const;
  /// Combined z of a set of arms, after the last stage that told of it.
  double combined(HypothesisSet set) const { return sets_[set].z; }
  /// By the stages that the arm was in; missing where none showed anything of it.
  CombinedEffect effect(std::size_t arm) const;

 private:
  struct Stage {
    HypothesisSet arms = 0;
    std::array<ArmStage, most_arms> shown;
    double information = 0, weight = 0, boundary = 0;
    const SequentialStage* design = nullptr;
  };
  struct OfSet {
    double sum = 0, z = missing;
    std::size_t stage = 0;  // that z is of
    bool rejected = false;
  };

  /// Sums over the stages that told of an arm, with their weights: of its z, and of what an effect of 1 adds to them.
  struct Weighted {
    double z = 0, unit = 0;
  };

  std::size_t arms() const { return loading_.size(); }
  std::span<const Stage> stages_of(std::size_t arm) const;
  double p_value(std::size_t arm) const;
  Weighted weighted(std::size_t arm) const;
  double estimate(std::size_t arm) const;
  double limit(std::size_t arm, double side) const;

  Intersection test_;
  std::span<const double> loading_;
  std::array<Stage, most_stages> stages_;
  std::size_t count_ = 0;
  std::array<OfSet, std::size_t{1} << most_arms> sets_{};
};

}  // namespace oligosim

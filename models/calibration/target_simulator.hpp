#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/random/stream.hpp"
#include "models/calibration/calibration.hpp"

namespace oligosim {

/// What the targets are in simulated cohorts, at given values of the free parameters. Streams are named by cohort and
/// patient, so that the same numbers belong to the same patients whatever the parameters (common random numbers).
/// Only the analyses that these targets need are evaluated, and only the columns that those read simulated.
class TargetSimulator {
 public:
  /// `fit_only`: the targets used in the fit alone.
  TargetSimulator(const Calibration& calibration, bool fit_only);

  const std::vector<Target>& targets() const { return targets_; }

  /// The published cohort, `times` as large, at these coordinates; nothing where the disease model refuses them.
  std::optional<CohortModel> model(std::span<const double> coordinates, std::size_t times = 1) const;

  /// One value a target, on its scale of comparison, in one simulated cohort; NaN where it is missing.
  void simulate(const CohortModel& model, const Streams& streams, Arena& arena, std::span<double> values) const;

  /// The same in one cohort `times` as large. A statistic grows with the root of the patients, a count with them:
  /// both are brought back to the published number of patients.
  std::optional<std::vector<double>> at_large(std::span<const double> coordinates, std::size_t times,
                                              const Streams& streams, Arena& arena) const;

 private:
  const Calibration& calibration_;
  std::vector<Target> targets_;
  YamlNode document_;  // with these analyses alone
  std::unique_ptr<Plan> plan_;
  std::vector<std::size_t> label_;  // of each target
};

}  // namespace oligosim

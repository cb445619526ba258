#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/analysis.hpp"

namespace oligosim {

/// What a study asks of the distribution of an estimate over replicates, beyond mean and median.
struct WantedDistribution {
  std::vector<double> share_at_most;      // share of all replicates with an estimate at or below each of these
  std::vector<double> quantiles;          // probabilities
  std::vector<double> interval_contains;  // share of the intervals that contain each of these
};

/// `distribution: {PARAMETER: {share_at_most: [...], quantiles: [...], interval_contains: [...]}}`, for all estimates
/// of a parameter ("hazard_ratio").
class WantedDistributions {
 public:
  WantedDistributions() = default;
  /// `labels`: of the plan, which has to make each parameter.
  WantedDistributions(ConfigNode study, const std::vector<EstimateLabel>& labels);

  const WantedDistribution& of(const EstimateLabel& label) const;
  bool empty() const { return by_parameter_.empty(); }

 private:
  std::vector<std::pair<std::string, WantedDistribution>> by_parameter_;
};

}  // namespace oligosim

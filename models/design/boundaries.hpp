#pragma once

#include <span>

#include "models/design/design.hpp"

namespace oligosim {

/// What the boundaries of a design are read against.
struct BoundaryInput {
  double alpha = 0.025;
  int sides = 1;
  std::span<const Look> looks;
  std::optional<double> null_ratio;  // hazard ratio of the primary's null hypothesis, if it tests one
  double ratio_information = 0;      // of the log hazard ratio at the end, as planned (Schoenfeld 1981); 0: not known
  std::string own_events;            // of the primary, where the looks count others (DesignInput::events_not_counted)
};

/// `efficacy`: spending of alpha, or a classical boundary.
EfficacyRule read_efficacy(ConfigNode node, const BoundaryInput& input);

/// `futility`: spending of beta, or a threshold for each interim look.
FutilityRule read_futility(ConfigNode node, const BoundaryInput& input);

/// The spending function under `spending`. `level` is what its cumulative values end with.
SpendingFunction read_spending(ConfigNode& node, std::optional<Spending> standard, double level,
                               std::span<const Look> looks);

}  // namespace oligosim

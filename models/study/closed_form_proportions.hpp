#pragma once

#include <optional>

#include "engine/statistics/risk_difference.hpp"
#include "models/study/scenario.hpp"

namespace oligosim {

/// The true probabilities of the arms in an analysis that is a difference of proportions, where the disease model gives
/// them; with the difference tested against.
std::optional<PlannedDifference> planned_difference(const Scenario& scenario, const Analysis& analysis);

/// What the formula of Farrington and Manning (1990) says of a design of one look with such a primary analysis, if
/// everybody's outcome is known by then.
struct ProportionsFormula {
  PlannedDifference planned;
  double power;     // of the trial's patients
  double patients;  // for a power of 0.8
};
std::optional<ProportionsFormula> proportions_formula(const Scenario& scenario);

}  // namespace oligosim

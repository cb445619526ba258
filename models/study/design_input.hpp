#pragma once

#include "engine/io/config.hpp"
#include "models/design/design.hpp"
#include "models/study/scenario.hpp"
#include "models/trial/read_trial.hpp"

namespace oligosim {

/// Whose events an analysis rests on: ENDPOINT of the disease model, or ENDPOINT in POPULATION; empty where that is
/// none.
std::string events_of(const Scenario& scenario, const EstimateLabel& label);

/// What the design of a scenario is read against: what its plan tests and counts, and of whom. `scenario`: with its
/// disease, trial and plan. `node`: `design`; `baseline` outlives the result.
DesignInput design_input(ConfigNode node, const Scenario& scenario, const TrialInput& trial, const Columns& baseline);

}  // namespace oligosim

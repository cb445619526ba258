#pragma once

#include "engine/io/config.hpp"
#include "models/design/design.hpp"
#include "models/study/scenario.hpp"
#include "models/trial/read_trial.hpp"

namespace oligosim {

/// What the design of a scenario is read against: what its plan tests and counts, and of whom. `scenario`: with its
/// disease, trial and plan. `node`: `design`; `baseline` outlives the result.
DesignInput design_input(ConfigNode node, const Scenario& scenario, const TrialInput& trial, const Columns& baseline);

}  // namespace oligosim

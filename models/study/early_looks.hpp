#pragma once

#include "models/study/scenario.hpp"

namespace oligosim {

/// Refuses looks that come before anything of the primary analysis can have been seen of anybody: before the first
/// visit of the first patient, before a response is known, or while no event is possible by the closed form; and a
/// follow-up of counted responses that ends before they are known. Only what is certain: where the first patient may
/// have been followed for any time, nothing is said. `design`: the node that the scenario's design was read from.
void refuse_early_looks(const ConfigNode& design, const Scenario& scenario, Problems& problems);

}  // namespace oligosim

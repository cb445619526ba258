#pragma once

#include <string>

#include "engine/io/yaml.hpp"
#include "models/analysis/plan.hpp"

namespace oligosim {

/// Refuses endpoints whose status column cannot say what it is taken to: of simulated patients all values are known
/// before there is one, so a code that the endpoint does not know, no event among the codes and a measurement in the
/// place of a status are mistakes of the plan. `plan` as written, under `path`.
void refuse_impossible_codes(const YamlNode& plan, const PlanParts& parts, const std::string& path, Problems& problems);

}  // namespace oligosim

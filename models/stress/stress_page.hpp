#pragma once

#include <string>
#include <vector>

#include "models/stress/stress.hpp"

namespace oligosim {

/// The page: one card a finding, what it is worth in plain words with the curves behind it. `program`: name and
/// version.
std::string stress_page(const Findings& all, const std::vector<StressResult>& results,
                        const std::vector<ProportionResult>& proportions, const std::string& program);

}  // namespace oligosim

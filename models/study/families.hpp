#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/analysis/plan.hpp"

namespace oligosim {

/// Analyses that are looked at together: how often any of them rejects.
struct Family {
  std::string name;
  std::vector<std::size_t> labels;  // the first test of each analysis, as positions in Plan::labels()
};

/// `families: {NAME: [ANALYSIS, ...]}`.
std::vector<Family> read_families(ConfigNode study, const Plan& plan);

}  // namespace oligosim

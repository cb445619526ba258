#pragma once

#include <string>
#include <vector>

#include "models/stress/published_proportion.hpp"

namespace oligosim {

/// What its intervals are worth, a line each.
std::vector<std::string> proportion_texts(const ProportionResult& result);

/// The part of the page: a table of each share, and a figure for each number of patients.
std::string proportions_section(const std::vector<ProportionResult>& results);

}  // namespace oligosim

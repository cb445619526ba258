#pragma once

#include <span>
#include <string>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// The part of the page on which interval to take, where the plan makes several of the same number: the recommendation
/// by number and scenario, then how each kind did. Empty where there is no choice.
std::string interval_section(const Study& study, std::span<const SummaryRow> rows);

}  // namespace oligosim

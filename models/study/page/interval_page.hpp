#pragma once

#include <span>
#include <string>

#include "models/study/interval_choice.hpp"
#include "models/study/study.hpp"

namespace oligosim {

/// The part of the page on which interval to take, where the plan makes several of the same number: the recommendation
/// by number and scenario, then how each kind did. Empty where there is no choice.
std::string interval_section(const Study& study, std::span<const IntervalChoice> choices);

}  // namespace oligosim

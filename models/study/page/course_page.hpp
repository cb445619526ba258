#pragma once

#include <span>
#include <string>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// What an adaptive design does, in words, and of each way to go on how often it is taken and what comes of it. Empty
/// for other designs.
std::string course_section(const Study& study, std::span<const SummaryRow> rows);

}  // namespace oligosim

#pragma once

#include <span>
#include <string>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// The section of a study's page on its design: looks, boundaries, how often the trial stops at each, and what a
/// formula says of it where there is one.
std::string design_section(const Study& study, std::span<const SummaryRow> rows);

/// When a look is held: "66 events of pfs", "month 24 and 6 months after the last patient".
std::string look_text(const Look& look, const DiseaseModel& disease);

}  // namespace oligosim

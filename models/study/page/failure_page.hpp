#pragma once

#include <span>
#include <string>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// The section of a study's page on tests that could not be made in some replicates: how many, and the power by either
/// convention. Empty where every test was made and the study states no limit.
std::string failure_section(const Study& study, std::span<const SummaryRow> rows);

}  // namespace oligosim

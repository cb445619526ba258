#pragma once

#include <span>
#include <string>

#include "models/study/summary.hpp"

namespace oligosim {

/// What the looks under the study's `at_looks` come with, in the trials that hold them; empty where it has none.
std::string look_section(const Study& study, std::span<const SummaryRow> rows);

}  // namespace oligosim

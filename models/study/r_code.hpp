#pragma once

#include <span>
#include <string>

#include "models/study/summary.hpp"

namespace oligosim {

/// A script for R that computes boundaries and probabilities of the design anew (rpact for group-sequential designs,
/// dbinom for those that count responses) and prints them beside those of this program; empty where the design has no
/// closed form in any scenario.
std::string r_code(const Study& study, std::span<const SummaryRow> rows);

}  // namespace oligosim

#pragma once

#include <span>
#include <string>

#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// The part of the page with the distributions that the study asks for: large-sample value, median and quantiles of
/// each estimate, how often it is significant, at most a threshold, or not estimable. Empty where it asks for none.
std::string distribution_section(const Study& study, std::span<const SummaryRow> rows);

}  // namespace oligosim

#pragma once

#include <span>
#include <string>

#include "models/analysis/analysis.hpp"

namespace oligosim {

/// estimates.csv of one data set: one row a number, missing as NA with its status.
std::string estimates_csv(std::span<const EstimateLabel> labels, std::span<const Estimate> estimates);

}  // namespace oligosim

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"

namespace oligosim {

/// A list of numbers each of which makes rows of its own (months, probabilities): one that stands twice is refused.
std::vector<double> distinct_numbers(ConfigNode& entry, const std::string& key, const Range& range,
                                     std::optional<std::vector<double>> standard = {});

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "engine/io/config.hpp"

namespace oligosim {

/// What the numbers under `cohort` are.
enum class CohortWeights { shares, counts };

/// Shares with the sum 1, or whole numbers that make up the patients enrolled (0: not known, then of any sum). Nothing
/// for others, which are refused.
std::optional<CohortWeights> kind_of_weights(const ConfigNode& cohort, std::span<const double> weights,
                                             std::size_t patients);

}  // namespace oligosim

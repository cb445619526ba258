#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Rows whose value is not NaN, ascending by value; of equal values those with 0 in `after` first, then by row.
/// `after`: one element a value, or empty. Linear in the number of values, n log n where they crowd together.
std::span<std::uint32_t> ascending_rows(std::span<const double> value, std::span<const std::uint8_t> after,
                                        Arena& arena);

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/value_range.hpp"

namespace oligosim {

/// The nth of the values in ascending order, nth from 1. None is NaN or minus infinity; infinite ones come last.
/// `range`: of those that are finite, or more. Near to linear in their number.
double nth_smallest(std::span<const double> value, const ValueRange& range, std::size_t nth, Arena& arena);

}  // namespace oligosim

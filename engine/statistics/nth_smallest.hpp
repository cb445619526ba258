#pragma once

#include <cstddef>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// The nth of the values in ascending order, nth from 1. None is NaN or minus infinity; infinite ones come last. Near
/// to linear in their number.
double nth_smallest(std::span<const double> value, std::size_t nth, Arena& arena);

}  // namespace oligosim

#pragma once

#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Makes times equal that differ by rounding alone, as aeqSurv() of R survival: neighbours no further apart than the
/// root of the machine's precision, or than that times the mean of all different times, get the smallest of their
/// chain. NaN stays.
void join_near_ties(std::span<double> times, Arena& arena);

}  // namespace oligosim

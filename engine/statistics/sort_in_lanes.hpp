#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// The numbers in ascending order: sorted in lanes of a register by a network of exchanges (Batcher 1968), without a
/// branch or an address that depends on them. n log^2 n, fast up to some ten thousand. None may be the highest number
/// there is.
template <class Number>
std::span<const Number> sort_in_lanes(std::span<const Number> numbers, Arena& arena);

}  // namespace oligosim

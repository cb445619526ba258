#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// The numbers in ascending order: sorted in lanes of a register by a network of exchanges (Batcher 1968), without a
/// branch or an address that depends on them. n log^2 n, fast up to some ten thousand. None may be the highest number
/// there is.
std::span<const std::int32_t> sort_in_lanes(std::span<const std::int32_t> numbers, Arena& arena);
std::span<const std::int64_t> sort_in_lanes(std::span<const std::int64_t> numbers, Arena& arena);
/// The same by both: of any processor, and of one of level v4, with sixteen lanes.
std::span<const std::int32_t> sort_in_lanes_v3(std::span<const std::int32_t> numbers, Arena& arena);
std::span<const std::int32_t> sort_in_lanes_v4(std::span<const std::int32_t> numbers, Arena& arena);

}  // namespace oligosim

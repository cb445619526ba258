#pragma once

#include <bit>
#include <cstdint>

namespace oligosim {

/// (word + 1/2) / 2^32: the word as the last bits of a number from 2^20 on, and the subtraction is exact, so that no
/// rounding can reach 0 or 1.
constexpr double unit(std::uint32_t word) {
  return std::bit_cast<double>(word | 0x4130000000000000u) - (0x1p20 - 0x1p-33);
}

static_assert(unit(0) == 0x1p-33);
static_assert(unit(~std::uint32_t{0}) == 1.0 - 0x1p-33);

}  // namespace oligosim

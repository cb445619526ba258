#pragma once

#include <bit>
#include <cstdint>

namespace oligosim {

/// The leading 52 bits k of `bits` as (k + 1/2) / 2^52. Put under the exponent of 1 they are 1 + k / 2^52, and the
/// subtraction is exact, so that no rounding can reach 0 or 1.
constexpr double unit(std::uint64_t bits) {
  return std::bit_cast<double>((bits >> 12) | 0x3FF0000000000000u) - (1.0 - 0x1p-53);
}

/// (word + 1/2) / 2^32: the word as the last bits of a number from 2^20 on, and the subtraction is exact.
constexpr double unit32(std::uint32_t word) {
  return std::bit_cast<double>(word | 0x4130000000000000u) - (0x1p20 - 0x1p-33);
}

static_assert(unit32(0) == 0x1p-33);
static_assert(unit32(~std::uint32_t{0}) == 1.0 - 0x1p-33);
static_assert(unit(0) == 0x1p-53);
static_assert(unit(~std::uint64_t{0}) == 1.0 - 0x1p-53);

}  // namespace oligosim

#pragma once

#include <bit>
#include <cstdint>

namespace oligosim {

/// The leading 52 bits k of `bits` as (k + 1/2) / 2^52. Put under the exponent of 1 they are 1 + k / 2^52, and the
/// subtraction is exact, so that no rounding can reach 0 or 1.
constexpr double unit(std::uint64_t bits) {
  return std::bit_cast<double>((bits >> 12) | 0x3FF0000000000000u) - (1.0 - 0x1p-53);
}

static_assert(unit(0) == 0x1p-53);
static_assert(unit(~std::uint64_t{0}) == 1.0 - 0x1p-53);

}  // namespace oligosim

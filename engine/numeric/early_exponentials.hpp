#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Standard exponential numbers that may lie below a limit of their own. Most uniform numbers u need no logarithm to
/// see that theirs does not: -log(u) is at least 1 - u, and by more than both may be rounded.
struct EarlyExponentials {
  std::span<const std::uint32_t> row;  // where they are in the list, ascending
  std::span<double> value;             // elementary::exponential() of the uniform number there

  /// All of those with elementary::exponential(uniforms[i]) < limit[i] * scale, and few others: 1 - u up to that
  /// product.
  EarlyExponentials(std::span<const double> uniforms, std::span<const double> limit, double scale, Arena& arena);
};

/// Writes the rows with 1 - uniforms[i] <= limit[i] * scale, and their uniform numbers, and returns how many they are.
/// There is room for eight more of each. The same by both: of any processor, and of one of level v4.
std::size_t early_rows_v3(std::span<const double> uniforms, std::span<const double> limit, double scale,
                          std::uint32_t* row, double* uniform);
std::size_t early_rows_v4(std::span<const double> uniforms, std::span<const double> limit, double scale,
                          std::uint32_t* row, double* uniform);

}  // namespace oligosim

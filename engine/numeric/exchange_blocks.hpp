#pragma once

#include <cstddef>
#include <utility>

namespace oligosim {

/// Of two rows of a square of `width` numbers a row, `size` rows apart, the blocks of `size` that are not on its
/// diagonal change places. Done for all such rows and all powers of two below the width it turns the square.
template <std::size_t size, std::size_t width, class Row>
[[gnu::always_inline]] inline void exchange_blocks(Row& upper, Row& lower) {
  [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
    const Row first = __builtin_shufflevector(upper, lower, ((k & size) != 0 ? width + k - size : k)...);
    lower = __builtin_shufflevector(upper, lower, ((k & size) != 0 ? width + k : k + size)...);
    upper = first;
  }
  (std::make_index_sequence<width>());
}

}  // namespace oligosim

// As in elementary_v4.cpp: every header that the one compiled for level v4 includes is included before.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "engine/memory/arena.hpp"
#include "engine/numeric/sort_in_lanes.hpp"

#ifndef __clang__  // which does not know it, and sorts sixteen lanes in two halves
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq")
#endif

#include "engine/numeric/exchange_blocks.hpp"
#include "engine/numeric/lane_sort.hpp"

namespace oligosim {

std::span<const std::int32_t> sort_in_lanes_v4(std::span<const std::int32_t> numbers, Arena& arena) {
  return lane_sort::sort<std::int32_t __attribute__((vector_size(64)))>(numbers, arena);
}

}  // namespace oligosim

#ifndef __clang__
#pragma GCC pop_options
#endif

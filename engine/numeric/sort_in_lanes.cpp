#include "engine/numeric/sort_in_lanes.hpp"

#include "engine/numeric/lane_sort.hpp"
#include "engine/processor/level.hpp"

namespace oligosim {

std::span<const std::int64_t> sort_in_lanes(std::span<const std::int64_t> numbers, Arena& arena) {
  return lane_sort::sort<std::int64_t __attribute__((vector_size(32)))>(numbers, arena);
}

std::span<const std::int32_t> sort_in_lanes(std::span<const std::int32_t> numbers, Arena& arena) {
  static const bool wide = runs_v4();
  constexpr std::size_t few = 128;  // half of what sixteen registers of the wide kind hold
  return wide && numbers.size() > few ? sort_in_lanes_v4(numbers, arena) : sort_in_lanes_v3(numbers, arena);
}

std::span<const std::int32_t> sort_in_lanes_v3(std::span<const std::int32_t> numbers, Arena& arena) {
  return lane_sort::sort<std::int32_t __attribute__((vector_size(32)))>(numbers, arena);
}

}  // namespace oligosim

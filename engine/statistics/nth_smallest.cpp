#include "engine/statistics/nth_smallest.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>

#include "engine/statistics/value_range.hpp"

namespace oligosim {

// Values are counted by equal steps over their range; only those of the step that holds the nth are compared.
double nth_smallest(std::span<const double> value, std::size_t nth, Arena& arena) {
  assert(nth >= 1 && nth <= value.size());
  const Arena::Scope scope(arena);
  const ValueRange range = range_of(value);
  std::size_t before = 0;
  const std::span<double> candidate = arena.take<double>(value.size());
  std::size_t candidates = 0;
  if (value.size() > 8 && range.divides()) {
    const std::size_t steps = std::bit_ceil(value.size()) / 2;
    const double steps_a_unit = range.steps_a_unit(static_cast<double>(steps - 1));
    const std::span<std::uint32_t> count = arena.take<std::uint32_t>(steps, 0);
    const std::span<std::int32_t> step = arena.take<std::int32_t>(value.size());
    for (std::size_t i = 0; i < value.size(); ++i)
      step[i] = static_cast<std::int32_t>((value[i] - range.lowest) * steps_a_unit);
    for (const std::int32_t s : step) ++count[static_cast<std::size_t>(s)];
    std::int32_t own = 0;
    while (before + count[static_cast<std::size_t>(own)] < nth) before += count[static_cast<std::size_t>(own++)];
    for (std::size_t i = 0; i < value.size(); ++i) {
      candidate[candidates] = value[i];
      candidates += step[i] == own;
    }
  } else {
    candidates = value.size();
    std::copy(value.begin(), value.end(), candidate.begin());
  }
  const auto wanted = candidate.begin() + static_cast<std::ptrdiff_t>(nth - before) - 1;
  std::nth_element(candidate.begin(), wanted, candidate.begin() + static_cast<std::ptrdiff_t>(candidates));
  return *wanted;
}

}  // namespace oligosim

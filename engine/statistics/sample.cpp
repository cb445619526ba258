#include "engine/statistics/sample.hpp"

#include <algorithm>
#include <cmath>

namespace oligosim {

Sample sort_sample(std::span<const double> value, std::span<const std::uint8_t> keep, Arena& arena) {
  const std::span<std::uint32_t> row = arena.take<std::uint32_t>(value.size());
  std::size_t known = 0;
  for (std::size_t i = 0; i < value.size(); ++i)
    if (!std::isnan(value[i]) && (keep.empty() || keep[i])) row[known++] = static_cast<std::uint32_t>(i);
  const std::span<std::uint32_t> rows = row.first(known);
  std::sort(rows.begin(), rows.end(),
            [&](std::uint32_t a, std::uint32_t b) { return value[a] != value[b] ? value[a] < value[b] : a < b; });
  const std::span<double> sorted = arena.take<double>(known);
  for (std::size_t i = 0; i < known; ++i) sorted[i] = value[rows[i]];
  return {sorted, rows};
}

}  // namespace oligosim

#include "engine/statistics/sample.hpp"

#include "engine/numeric/ascending_rows.hpp"

namespace oligosim {

Sample sort_sample(std::span<const double> value, std::span<const std::uint8_t> keep, Arena& arena) {
  const std::span<std::uint32_t> rows = ascending_rows(value, {}, arena);
  std::size_t kept = 0;
  for (const std::uint32_t row : rows) {
    rows[kept] = row;
    kept += keep.empty() || keep[row] != 0;
  }
  const std::span<double> sorted = arena.take<double>(kept);
  for (std::size_t i = 0; i < kept; ++i) sorted[i] = value[rows[i]];
  return {sorted, rows.first(kept)};
}

}  // namespace oligosim

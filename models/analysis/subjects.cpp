#include "models/analysis/subjects.hpp"

#include <algorithm>
#include <cmath>

namespace oligosim {

SurvivalTable complete_cases(const SurvivalTable& table, PlanData& data, std::span<const std::size_t> factors,
                             std::span<const std::size_t> number_columns, std::optional<std::size_t> strata,
                             Arena& arena) {
  const std::span<std::uint8_t> keep = arena.take<std::uint8_t>(data.cohort().patients(), std::uint8_t{1});
  for (const std::size_t factor : factors) {
    const std::span<const std::uint8_t> codes = data.codes(factor);
    for (std::size_t i = 0; i < keep.size(); ++i) keep[i] &= codes[i] != missing_category;
  }
  for (const std::size_t column : number_columns) {
    const std::span<const double> values = data.cohort().numbers(column);
    for (std::size_t i = 0; i < keep.size(); ++i) keep[i] &= !std::isnan(values[i]);
  }
  if (strata) {
    const std::span<const std::uint16_t> stratum = data.stratum(*strata);
    for (std::size_t i = 0; i < keep.size(); ++i) keep[i] &= stratum[i] != missing_stratum;
  }
  const bool all = std::all_of(keep.begin(), keep.end(), [](std::uint8_t k) { return k != 0; });
  return all ? table : filter(table, keep, arena);
}

}  // namespace oligosim

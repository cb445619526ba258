#include "models/analysis/subjects.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

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

Grouping grouping_of(const SurvivalTable& table, PlanData& data, std::size_t factor, std::optional<std::size_t> strata,
                     Arena& arena) {
  Grouping grouping{.group = table_codes(table, data, factor, arena),
                    .groups = data.parts().factors[factor].levels().size(),
                    .stratum = {},
                    .strata = 1};
  if (strata) {
    grouping.stratum = in_table_order<std::uint16_t>(table, data.stratum(*strata), arena);
    grouping.strata = data.stratum_count(*strata);
  }
  return grouping;
}

SurvivalTable filter_group(const SurvivalTable& table, PlanData& data, std::size_t factor, std::size_t level,
                           Arena& arena) {
  const std::span<const std::uint8_t> codes = data.codes(factor);
  const std::span<std::uint8_t> keep = arena.take<std::uint8_t>(codes.size());
  for (std::size_t i = 0; i < keep.size(); ++i) keep[i] = codes[i] == level;
  return filter(table, keep, arena);
}

Clusters clusters_of(std::span<const std::uint32_t> rows, PlanData& data, std::size_t column, Arena& arena) {
  const bool category = data.cohort().columns()[column].kind == ColumnKind::category;
  const auto value = [&](std::uint32_t row) {
    if (category) return static_cast<double>(data.cohort().categories(column)[row]);
    const double number = data.cohort().numbers(column)[row];
    return std::isnan(number) ? std::numeric_limits<double>::infinity() : number;
  };
  const std::span<std::uint32_t> order = arena.take<std::uint32_t>(rows.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return value(rows[a]) < value(rows[b]); });
  const std::span<std::uint32_t> code = arena.take<std::uint32_t>(rows.size());
  std::uint32_t last = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k > 0 && value(rows[order[k]]) != value(rows[order[k - 1]])) ++last;
    code[order[k]] = last;
  }
  return {code, rows.empty() ? 0 : last + std::size_t{1}};
}

}  // namespace oligosim

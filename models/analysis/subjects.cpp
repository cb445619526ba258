#include "models/analysis/subjects.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

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

SurvivalTable with_code(const SurvivalTable& table, std::span<const std::uint8_t> codes, std::uint8_t code,
                        Arena& arena) {
  const std::uint32_t rows = table.size() == 0 ? 0 : std::ranges::max(table.row) + 1;
  const std::span<std::uint8_t> keep = arena.take<std::uint8_t>(rows, std::uint8_t{0});
  for (std::size_t i = 0; i < table.size(); ++i) keep[table.row[i]] = codes[i] == code;
  return filter(table, keep, arena);
}

bool has_value(const Cohort& cohort, std::size_t column, std::uint32_t row) {
  return cohort.columns()[column].kind == ColumnKind::category ? cohort.categories(column)[row] != missing_category
                                                               : !std::isnan(cohort.numbers(column)[row]);
}

/// Whether rows with the same value are of the same unit of a resample.
template <class Value>
bool drawn_together(std::span<const std::uint32_t> rows, const DrawnUnits& drawn, const Value& value, Arena& arena) {
  if (drawn.unit.empty()) return false;
  const Arena::Scope scope(arena);
  const std::span<std::uint32_t> by_value = arena.take<std::uint32_t>(rows.size());
  std::ranges::copy(rows, by_value.begin());
  std::ranges::sort(by_value, {}, value);
  for (std::size_t k = 1; k < by_value.size(); ++k)
    if (value(by_value[k]) == value(by_value[k - 1]) && drawn.unit[by_value[k]] != drawn.unit[by_value[k - 1]])
      return false;
  return true;
}

SurvivalTable with_known_cluster(const SurvivalTable& table, PlanData& data, std::optional<std::size_t> column,
                                 Arena& arena) {
  if (!column) return table;
  const std::span<std::uint8_t> keep = arena.take<std::uint8_t>(data.cohort().patients());
  for (std::uint32_t i = 0; i < keep.size(); ++i) keep[i] = has_value(data.cohort(), *column, i);
  const bool all = std::all_of(keep.begin(), keep.end(), [](std::uint8_t k) { return k != 0; });
  return all ? table : filter(table, keep, arena);
}

Clusters clusters_of(std::span<const std::uint32_t> rows, PlanData& data, std::size_t column, Arena& arena) {
  constexpr double unknown = std::numeric_limits<double>::infinity();
  const Cohort& cohort = data.cohort();
  const bool category = cohort.columns()[column].kind == ColumnKind::category;
  const auto value = [&](std::uint32_t row) {
    if (!has_value(cohort, column, row)) return unknown;
    return category ? static_cast<double>(cohort.categories(column)[row]) : cohort.numbers(column)[row];
  };
  const bool copies = drawn_together(rows, data.drawn(), value, arena);
  const auto key = [&](std::uint32_t row) { return std::pair(value(row), copies ? data.drawn().copy[row] : 0u); };
  const std::span<std::uint32_t> order = arena.take<std::uint32_t>(rows.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return std::pair(key(rows[a]), a) < std::pair(key(rows[b]), b); });
  const std::span<std::uint32_t> code = arena.take<std::uint32_t>(rows.size());
  std::uint32_t last = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const auto own = key(rows[order[k]]);
    if (k > 0 && (own.first == unknown || own != key(rows[order[k - 1]]))) ++last;
    code[order[k]] = last;
  }
  return {code, rows.empty() ? 0 : last + std::size_t{1}};
}

Clusters clusters_of_all(PlanData& data, std::size_t column, Arena& arena) {
  const std::span<std::uint32_t> rows = arena.take<std::uint32_t>(data.cohort().patients());
  std::iota(rows.begin(), rows.end(), 0u);
  return clusters_of(rows, data, column, arena);
}

}  // namespace oligosim

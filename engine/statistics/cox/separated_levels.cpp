#include "engine/statistics/cox/separated_levels.hpp"

#include <algorithm>
#include <array>

#include "engine/statistics/cox/cox_likelihood.hpp"

namespace oligosim {

namespace {

/// The value of a column of 0 and 1 that rows have, but no event; nothing where each has events or is not there.
std::optional<double> value_without_events(const SurvivalTable& table, std::span<const double> column,
                                           std::span<const std::uint8_t> there) {
  std::array<bool, 2> rows{}, events{};
  for (std::size_t i = 0; i < column.size(); ++i) {
    if (!there[i]) continue;
    if (column[i] != 0.0 && column[i] != 1.0) return {};
    const auto value = static_cast<std::size_t>(column[i]);
    rows[value] = true;
    events[value] = events[value] || table.event[i];
  }
  if (!rows[0] || !rows[1]) return {};
  for (const std::size_t value : {1u, 0u})
    if (!events[value]) return static_cast<double>(value);
  return {};
}

}  // namespace

std::optional<WithoutSeparatedLevels> without_separated_levels(const SurvivalTable& table,
                                                               const CoxCovariates& covariates,
                                                               std::span<const double> weight, Arena& arena) {
  const std::size_t rows = table.size(), columns = covariates.columns;
  const std::span<std::uint8_t> there = arena.take<std::uint8_t>(rows), estimable = arena.take<std::uint8_t>(columns);
  for (std::size_t i = 0; i < rows; ++i)
    there[i] = holds_time(table, covariates, i) && (weight.empty() || weight[i] > 0.0);
  std::ranges::fill(estimable, std::uint8_t{1});
  const auto leave_one_out = [&] {
    for (std::size_t j = 0; j < columns; ++j) {
      const std::span<const double> column = covariates.values.subspan(j * rows, rows);
      const std::optional<double> value = value_without_events(table, column, there);
      if (!estimable[j] || !value) continue;
      estimable[j] = 0;
      for (std::size_t i = 0; i < rows; ++i) there[i] = there[i] && column[i] != *value;
      return true;
    }
    return false;
  };
  if (!leave_one_out()) return {};
  while (leave_one_out()) {  // of the rows left another value may have no events
  }

  const std::span<std::uint16_t> kept = arena.take<std::uint16_t>(columns);
  std::size_t count = 0;
  for (std::size_t j = 0; j < columns; ++j)
    if (estimable[j]) kept[count++] = static_cast<std::uint16_t>(j);
  const std::span<std::uint32_t> position = arena.take<std::uint32_t>(rows);
  std::size_t n = 0;
  for (std::uint32_t i = 0; i < rows; ++i)
    if (there[i]) position[n++] = i;

  WithoutSeparatedLevels left{{}, position.first(n), covariates, {kept.first(count), estimable}};
  left.table = {of_rows_left(table.time, left.position, arena), of_rows_left(table.event, left.position, arena),
                of_rows_left(table.row, left.position, arena)};
  const std::span<double> values = arena.take<double>(n * count);
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t i = 0; i < n; ++i) values[k * n + i] = covariates.values[kept[k] * rows + left.position[i]];
  left.covariates.values = values;
  left.covariates.columns = count;
  left.covariates.stratum = of_rows_left(covariates.stratum, left.position, arena);
  left.covariates.start = of_rows_left(covariates.start, left.position, arena);
  return left;
}

}  // namespace oligosim

#include "models/analysis/dates.hpp"

#include <algorithm>

#include "engine/statistics/survival/near_ties.hpp"

namespace oligosim {

std::span<double> times_and_dates(const SurvivalTable& table, std::size_t endpoint,
                                  std::span<const std::size_t> columns, PlanData& data, Arena& arena) {
  const std::size_t n = table.size();
  const double landmark = data.parts().endpoints[endpoint].landmark;
  const std::span<double> all = arena.take<double>((1 + columns.size()) * n);
  std::ranges::copy(table.time, all.begin());
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const std::span<double> dates = all.subspan((1 + k) * n, n);
    const std::span<const double> column = data.cohort().numbers(columns[k]);
    for (std::size_t i = 0; i < n; ++i) dates[i] = column[table.row[i]] - landmark;
  }
  if (data.joins_near_ties()) join_near_ties(all, arena);
  return all;
}

}  // namespace oligosim

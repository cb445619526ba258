#include "models/analysis/dates.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/survival/near_ties.hpp"

namespace oligosim {
namespace {

/// What counts as rounding depends on the size of all: dates far from any time have no part in it, nor need any.
void join_near_ties_of_times(std::span<double> dates, double last_time, Arena& arena) {
  const std::span<double> near = arena.take<double>(dates.size());
  const auto is_near = [&](double date) { return std::abs(date) <= 2 * last_time; };
  for (std::size_t i = 0; i < dates.size(); ++i) near[i] = is_near(dates[i]) ? dates[i] : missing;
  join_near_ties(near, arena);
  for (std::size_t i = 0; i < dates.size(); ++i)
    if (is_near(dates[i])) dates[i] = near[i];
}

}  // namespace

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
  if (data.joins_near_ties()) join_near_ties_of_times(all, n == 0 ? 0 : table.time.back(), arena);
  return all;
}

}  // namespace oligosim

#include "models/analysis/event_intervals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/survival/near_ties.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {

EventIntervals event_intervals(const SurvivalTable& table, std::size_t endpoint, PlanData& data, Arena& arena) {
  const SurvivalEndpoint& own = data.parts().endpoints[endpoint];
  const std::size_t n = table.size();
  const std::span<double> ends = arena.take<double>(2 * n), left = ends.first(n), right = ends.last(n);
  std::ranges::copy(table.time, left.begin());
  std::ranges::copy(table.time, right.begin());
  if (own.free_at) {
    const std::span<const double> free = data.cohort().numbers(*own.free_at);
    for (std::size_t i = 0; i < n; ++i) {
      const double known = free[table.row[i]] - own.landmark;
      left[i] = known > 0 ? std::min(known, table.time[i]) : 0;
    }
    if (data.joins_near_ties()) join_near_ties(ends, arena);
  }
  for (std::size_t i = 0; i < n; ++i)
    if (!table.event[i]) right[i] = std::numeric_limits<double>::infinity();
  return {left, right};
}

std::size_t interval_endpoint(ConfigNode& entry, PlanReader& reader) {
  const std::size_t endpoint = reader.endpoint(entry);
  const std::vector<SurvivalEndpoint>& all = reader.parts().endpoints;
  if (endpoint < all.size() && !all[endpoint].free_at)
    entry.problem("endpoint",
                  "'" + all[endpoint].name +
                      "' does not say when patients were last free of the event (an endpoint with free_at)");
  return endpoint;
}

}  // namespace oligosim

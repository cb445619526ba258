#pragma once

#include <algorithm>
#include <span>
#include <type_traits>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Who is in a comparison of groups. Sums of weights.
template <Weight V = double>
struct CaseCounts {
  V n{};
  V n_events{};
  std::span<const V> present;  // one a group: above 0 where one of its patients has a weight

  /// Groups with patients, in lane `k`.
  std::ptrdiff_t groups(std::size_t k) const {
    return std::count_if(present.begin(), present.end(), [k](const V& p) { return lane(p, k) > 0.0; });
  }
};

/// `group` and `weight` in table order, weight empty for all ones.
template <Weight V>
CaseCounts<V> count_cases(const SurvivalTable& table, std::span<const std::uint8_t> group, std::size_t groups,
                          std::span<const std::type_identity_t<V>> weight, Arena& arena) {
  const std::span<V> present = arena.take<V>(groups, V{});
  V n{}, n_events{};
  if (weight.empty()) {
    for (const std::uint8_t g : group) present[g] = broadcast<V>(1.0);
    n += static_cast<double>(table.size());
    n_events += static_cast<double>(std::count(table.event.begin(), table.event.end(), 1));
  }
  for (std::size_t i = 0; i < weight.size(); ++i) {
    present[group[i]] += weight[i];
    n += weight[i];
    if (table.event[i]) n_events += weight[i];
  }
  return {n, n_events, present};
}

}  // namespace oligosim

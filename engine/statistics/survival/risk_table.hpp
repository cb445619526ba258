#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Table positions by stratum, within a stratum in table order; those of stratum s are
/// position[s == 0 ? 0 : end[s - 1], end[s]).
struct StratumOrder {
  std::span<const std::uint32_t> position;
  std::span<const std::uint32_t> end;
};

/// `stratum` empty: one stratum.
StratumOrder order_by_stratum(std::size_t n, std::span<const std::uint16_t> stratum, std::size_t strata, Arena& arena);

/// What log-rank tests and Cox regression on groups need of the data: for each distinct event time within a stratum,
/// row r, who is at risk and who has the event in each group g, at [r * groups + g]. Rows of stratum s end at end[s],
/// ascending in time. Sums of weights.
template <Weight V>
struct RiskTableOf {
  std::size_t groups = 0;
  std::span<const V> at_risk;
  std::span<const V> events;
  std::span<const std::uint32_t> end;
};
using RiskTable = RiskTableOf<double>;

/// `group` and `weight` in table order, weight empty for all ones; a time at which only weights of 0 have the event
/// has no row. Of Lanes: a row for each time at which one lane has an event, with 0 events in the others.
template <Weight V = double>
RiskTableOf<V> risk_table(const SurvivalTable& table, std::span<const std::uint8_t> group, std::size_t groups,
                          const StratumOrder& order, std::span<const std::type_identity_t<V>> weight, Arena& arena);

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/case_weights.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// What the partial likelihood of two groups with Efron's ties consists of, for eight resamples by whole weights.
struct WholeDenominators {
  std::span<const Lanes> pair;  // as Denominators::pair
  Lanes events[2];              // by group, at times at which both are at risk
  Lanes constant;               // minus the logarithms of the denominators at the other times
  Lanes n, n_events;            // patients and events at any time
};

/// The event times of two groups in which everybody is at risk from the beginning: what all resamples of a data set
/// share.
class TwoGroupTimes {
 public:
  /// `group` and `stratum` in table order, `stratum` empty for one. `row`: which weight is that of a position of the
  /// table; empty: its own.
  TwoGroupTimes(const SurvivalTable& table, std::span<const std::uint8_t> group, std::span<const std::uint16_t> stratum,
                std::size_t strata, std::span<const std::uint32_t> row, Arena& arena);

  /// Nothing where a weight is not whole, or a resample's are more than 32766 together.
  std::optional<WholeDenominators> denominators(const CaseWeights& weight, Arena& arena) const;

 private:
  struct Place {
    std::uint32_t row, first_bit;  // of its weight, and of its group's count
  };
  struct EventTime {
    std::uint32_t first, after;  // RiskSets::at_risk at it, and after its events
    std::uint32_t group;         // the only one with events in the data, 2 if both have
  };
  struct RiskSets {
    // Of both groups in one number, that of the second above that of the first: from place p of stratum s on at
    // [p + s]; behind the last of a stratum 0.
    std::span<const WholeLanes> at_risk;
    WholeLanes all;  // patients of both groups
  };

  template <class Counts>
  std::optional<RiskSets> risk_sets(Counts counts, Arena& arena) const;

  std::span<const Place> places_;       // by stratum, then in table order
  std::span<const std::uint32_t> end_;  // of the strata
  std::span<const EventTime> times_;
};

}  // namespace oligosim

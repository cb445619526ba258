#pragma once

#include <cstddef>

namespace oligosim {

/// The log-rank test of two groups sums in eight lanes, so that an addition seldom waits for the one before it: an
/// event time is added in the lane of its number at risk, from the last event time on. Whoever sums so comes to the
/// same bits.
inline constexpr std::size_t log_rank_lanes = 8;

/// Of 1 at risk (lane 0), 2, ...; parts of a patient do not count.
inline std::size_t log_rank_lane(int at_risk) { return (static_cast<unsigned>(at_risk) - 1) % log_rank_lanes; }

/// The sum of all lanes.
template <class V>
V sum_of_log_rank_lanes(const V* lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

}  // namespace oligosim

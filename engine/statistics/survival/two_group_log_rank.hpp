#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Right-censored times of two groups in any order, one element a patient, from 0 to at most `latest`.
struct TwoGroups {
  std::span<const double> time;
  std::span<const std::int32_t> code;  // bit 0: the group; bit 1: whether there is the event
  double latest;

  static constexpr std::int32_t code_of(std::int32_t group, bool event) { return (event ? 2 : 0) | group; }
};

/// The log-rank test without strata and weights: to the bit log_rank_test() of the sorted table, which it does without.
Estimate log_rank_test(const TwoGroups& patients, Arena& arena);

}  // namespace oligosim

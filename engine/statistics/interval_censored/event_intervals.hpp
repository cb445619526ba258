#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// What visits tell of event times: each lies in (left, right], at `right` where both are the same, beyond `left` where
/// `right` is infinite. left <= right, one element a patient, in any unit.
struct EventIntervals {
  std::span<const double> left, right;

  std::size_t size() const { return left.size(); }
};

/// The innermost intervals (Peto 1973; Turnbull 1976): from a left end to a right end of the data with no end between
/// them. No estimate of the distribution tells more than how much of it each one holds.
struct InnermostIntervals {
  EventIntervals interval;                     // ascending
  std::span<const std::uint32_t> first, last;  // those within each interval of the data, from first to last
};

InnermostIntervals innermost_intervals(const EventIntervals& data, Arena& arena);

}  // namespace oligosim

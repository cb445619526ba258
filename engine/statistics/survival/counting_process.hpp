#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Rows (start, stop] of patients one of whose covariates switches from 0 to 1 at a known time.
struct SwitchedRows {
  std::span<const std::uint32_t> patient;
  std::span<const double> start;
  std::span<const double> stop;
  std::span<const std::uint8_t> event;
  std::span<const double> switched;  // 1 in the row after the switch

  std::size_t size() const { return stop.size(); }
};

/// One row a patient, or two where `known_from` is before the patient's time: 0 until then and 1 after; below 0 it is 1
/// from the beginning. At that very
/// time it is still 0, so that a switch at the time of an event counts only after it. NaN: never. The first row begins
/// at -infinity (at risk from the beginning); all spans have one element a patient.
SwitchedRows split_at_switch(std::span<const double> time, std::span<const std::uint8_t> event,
                             std::span<const double> known_from, Arena& arena);

/// The rows of each stratum, latest start first: the order in which they leave the risk set when time runs backwards.
/// Rows of stratum s are [s == 0 ? 0 : end[s - 1], end[s]), in `start` as in the result.
std::span<const std::uint32_t> order_by_start(std::span<const double> start, std::span<const std::uint32_t> end,
                                              Arena& arena);

}  // namespace oligosim

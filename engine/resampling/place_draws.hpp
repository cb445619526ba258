#pragma once

#include <cstdint>
#include <span>

#include "engine/random/stream.hpp"
#include "engine/statistics/case_weights.hpp"

namespace oligosim {

/// Draws as many places of each stratum as it has, with replacement, for the eight streams (purpose, first) to
/// (purpose, first + 7). Places are numbered by stratum; `end`: of each stratum.
struct PlaceDraws {
  const Streams& streams;
  Purpose purpose;
  std::uint32_t first;
  std::span<const std::uint32_t> end;

  /// How often each place is drawn, in lane k by stream first + k.
  void count(std::span<WholeLanes> times) const;
  /// The same of what stands at the places: in lane k copy[k * times.size() + place].
  void count_copies(std::span<const std::uint32_t> copy, std::span<WholeLanes> times) const;
};

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/case_weights.hpp"

namespace oligosim {

/// What is resampled. Sampling units are rows, or clusters of rows that stay together; each stratum keeps its size.
struct ResampleFrame {
  std::size_t units = 0;
  std::span<const std::uint16_t> stratum;  // one a unit, codes from 0; empty: one stratum
  std::size_t strata = 1;
};

enum class CaseKind {
  multinomial,  // as many units as there are, drawn with replacement (Efron 1979): integer weights
  exponential,  // standard exponential weights (the Bayesian bootstrap, Rubin 1981), in each stratum scaled to its size
};

/// Resamples of one data set as weights of its units, eight side by side. A resample is named by its number: the
/// stream (bootstrap, number) of the replicate draws it, so that its weights are the same in any batch, thread or
/// shard. Units are drawn stratum by stratum, in a stratum as many as it has units, by Stream::below: without bias; of
/// up to 512 two by one number, as digits of one below their square (Brackett-Rozinsky and Lemire 2024). Holds spans of
/// the frame and of the arena, and counts in the latter: for one thread at a time.
class Resamples {
 public:
  Resamples(const ResampleFrame& frame, CaseKind kind, Streams streams, Arena& arena);

  std::size_t units() const { return frame_.units; }
  bool whole() const { return kind_ == CaseKind::multinomial; }

  /// Weights of the resamples first ... first + 7, numbered from 0: out[unit], lane k for resample first + k.
  void weights(std::uint32_t first, std::span<Lanes> out) const;
  /// The same as counts. Multinomial alone.
  void counts(std::uint32_t first, std::span<WholeLanes> out) const;

  /// A resample of each of these resamples (the fast double bootstrap): units drawn from its copies, stratum by
  /// stratum, by the stream (double_bootstrap, number). `weights`: those of weights(first). Multinomial alone.
  void second_level(std::uint32_t first, std::span<const Lanes> weights, std::span<Lanes> out, Arena& arena) const;

  /// Everybody once but, in lane k, unit first + k, who is left out; nobody beyond the last unit.
  void leave_one_out(std::size_t first, std::span<Lanes> out) const;

 private:
  /// How often each place is drawn in eight resamples.
  void draw(std::uint32_t first, std::span<WholeLanes> count) const;
  void exponential(std::uint32_t first, std::span<Lanes> out) const;

  ResampleFrame frame_;
  CaseKind kind_;
  Streams streams_;
  std::span<const std::uint32_t> unit_;  // by stratum, in a stratum ascending
  std::span<const std::uint32_t> end_;   // of each stratum in unit_
  std::span<WholeLanes> count_;          // one a place, in each lane how often it is drawn; scratch
};

}  // namespace oligosim

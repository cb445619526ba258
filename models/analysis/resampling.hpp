#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "engine/random/stream.hpp"
#include "models/analysis/resampled_rows.hpp"
#include "models/analysis/simulated_numbers.hpp"

namespace oligosim {

/// Whose random numbers resample.
class Resampling {
 public:
  static Resampling none() { return {false, {}}; }
  /// Those that the block's seed names: real data. `done` is told of resamples as they are evaluated.
  /// `simulated`: cohorts for a block of kind parametric; null where the plan has none.
  static Resampling by_seed(ResamplesDone done = {}, const SimulatedNumbers* simulated = nullptr) {
    Resampling by(true, {});
    by.done_ = std::move(done);
    by.simulated_ = simulated;
    return by;
  }
  /// Those of a replicate: a simulated trial.
  static Resampling of(Streams replicate) { return {true, replicate}; }

  bool wanted() const { return wanted_; }
  Streams streams(std::uint64_t seed) const { return replicate_.value_or(Streams(seed, 0)); }
  const ResamplesDone& done() const { return done_; }
  const SimulatedNumbers* simulated() const { return simulated_; }

 private:
  Resampling(bool wanted, std::optional<Streams> replicate) : wanted_(wanted), replicate_(replicate) {}
  bool wanted_;
  std::optional<Streams> replicate_;
  ResamplesDone done_;
  const SimulatedNumbers* simulated_ = nullptr;
};

}  // namespace oligosim

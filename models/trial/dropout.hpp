#pragma once

#include <span>

#include "engine/io/config.hpp"
#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// Loss to follow-up at a constant rate, independent of everything: a share `probability` is lost by `by_month`.
struct Dropout {
  double rate_per_month = 0;

  static Dropout read(ConfigNode node);
  /// Months since randomization; infinity: never.
  void sample(const Streams& streams, std::span<double> months, Arena& arena) const;
};

}  // namespace oligosim

#pragma once

#include "engine/io/config.hpp"

namespace oligosim {

/// A share of the patients who progress goes over to another treatment once progression is known; it multiplies their
/// hazard of death from then on.
struct Crossover {
  double share = 0;
  double hazard_ratio = 1;
};

/// Reads `crossover: {share, hazard_ratio}`.
Crossover read_crossover(ConfigNode node);

}  // namespace oligosim

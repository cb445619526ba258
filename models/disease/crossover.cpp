#include "models/disease/crossover.hpp"

namespace oligosim {

Crossover read_crossover(ConfigNode node) {
  Crossover crossover;
  crossover.share = node.number("share", Range::between(0, 1));
  crossover.hazard_ratio = node.number("hazard_ratio", Range::above(0));
  node.finish();
  return crossover;
}

}  // namespace oligosim

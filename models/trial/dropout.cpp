#include "models/trial/dropout.hpp"

#include <cmath>
#include <limits>

namespace oligosim {

Dropout Dropout::read(ConfigNode node) {
  if (node.keys().empty()) return {};
  const double probability = node.number("probability", Range{.minimum = 0, .maximum = 1, .maximum_included = false});
  const double month = node.number("by_month", Range::above(0));
  node.finish();
  return {-std::log1p(-probability) / month};
}

void Dropout::sample(const Streams& streams, std::span<double> months, Arena& arena) const {
  if (rate_per_month <= 0) {
    for (double& m : months) m = std::numeric_limits<double>::infinity();
    return;
  }
  const Arena::Scope scratch(arena);
  const std::span<double> unused = arena.take<double>(months.size());
  streams.uniforms(Purpose::dropout, 0, months, unused);
  for (double& m : months) m = -std::log(m) / rate_per_month;
}

}  // namespace oligosim

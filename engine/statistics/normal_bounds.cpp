#include "engine/statistics/normal_bounds.hpp"

#include <array>
#include <cassert>
#include <cstddef>

#include "engine/statistics/normal.hpp"

namespace oligosim {

namespace {

constexpr std::size_t cells = 256;
constexpr double margin = 1e-9;  // far above the quantile's error

// At the ends of equal cells of probability.
struct Ends {
  Ends() {
    for (std::size_t k = 0; k <= cells; ++k) quantile[k] = normal_quantile(static_cast<double>(k) / cells);
  }
  std::array<double, cells + 1> quantile;
};

}  // namespace

QuantileBounds normal_quantile_bounds(double p) {
  static const Ends ends;
  assert(p > 0.0 && p < 1.0);
  const auto cell = static_cast<std::size_t>(p * cells);
  return {ends.quantile[cell] - margin, ends.quantile[cell + 1] + margin};
}

}  // namespace oligosim

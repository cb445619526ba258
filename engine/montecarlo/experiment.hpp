#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// One named number of a replicate's row; NaN in a replicate means that it could not be given, and is counted.
struct Column {
  std::string name;
  bool sketched = false;  // keep its distribution (quantiles), not only its moments
};

/// All that the engine knows about a simulation: a replicate is one row of named numbers.
class Experiment {
 public:
  virtual ~Experiment() = default;
  virtual std::span<const Column> columns() const = 0;
  /// Fills `row` (one element a column) for replicate `number` (from 1). Const and called from many threads;
  /// depends on nothing but the number. The arena is reset by the caller between replicates.
  virtual void replicate(std::uint32_t number, Arena& arena, std::span<double> row) const = 0;
};

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "engine/montecarlo/block_log.hpp"
#include "engine/montecarlo/experiment.hpp"
#include "engine/montecarlo/moments.hpp"
#include "engine/montecarlo/parallel_for.hpp"
#include "engine/montecarlo/sketch.hpp"

namespace oligosim {

/// The fold of all blocks of one scenario, to be fed in block order.
struct Folded {
  std::uint64_t replicates = 0;
  std::vector<Moments> moments;  // one a column
  std::vector<Sketch> sketches;  // one a column; empty where not sketched

  explicit Folded(std::size_t columns) : moments(columns), sketches(columns) {}
  /// The blocks that follow. Columns are shared among the threads, so that each sums its blocks in their order.
  void add(std::span<const BlockSummary> blocks, std::span<const Column> columns, Threads& threads);
  void add(std::span<const BlockSummary> blocks, std::span<const Column> columns);
};

/// Folds one scenario's blocks in block order, a few of them in memory at a time. `seen` is shown each in that order.
Folded fold(const BlockLog& log, std::uint32_t scenario, std::span<const Column> columns, unsigned threads = 1,
            const std::function<void(const BlockSummary&)>& seen = {});

}  // namespace oligosim

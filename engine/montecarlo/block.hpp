#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/montecarlo/experiment.hpp"
#include "engine/montecarlo/moments.hpp"
#include "engine/montecarlo/sketch.hpp"

namespace oligosim {

/// Which replicates of which scenario: first ... first + count - 1, replicates counted from 1.
struct BlockId {
  std::uint32_t scenario = 0;
  std::uint32_t block = 0;
  auto operator<=>(const BlockId&) const = default;
};

/// What is kept of a finished block: moments of each column, bin counts of each sketched column, and the rows
/// themselves where the run keeps them.
struct BlockSummary {
  BlockId id;
  std::uint32_t replicates = 0;
  std::vector<Moments> moments;                // one a column
  std::vector<std::vector<Sketch::Bin>> bins;  // one a sketched column; ascending
  std::vector<double> rows;                    // replicates x columns, or empty
};

/// Runs the block's replicates one after another. Where `stop` is set meanwhile, the block is abandoned: nothing.
std::optional<BlockSummary> run_block(const Experiment& experiment, BlockId id, std::uint32_t first,
                                      std::uint32_t count, bool keep_rows, Arena& arena, const std::atomic<bool>& stop);
/// The same without an end before its own.
BlockSummary run_block(const Experiment& experiment, BlockId id, std::uint32_t first, std::uint32_t count,
                       bool keep_rows, Arena& arena);

}  // namespace oligosim

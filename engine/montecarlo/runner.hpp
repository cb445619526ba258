#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>

#include "engine/montecarlo/block_log.hpp"
#include "engine/montecarlo/experiment.hpp"

namespace oligosim {

/// Part `part` of `parts` (from 1) runs every parts-th block from its own.
struct Shard {
  std::uint32_t part = 1;
  std::uint32_t parts = 1;
};

struct RunPlan {
  std::span<const Experiment* const> experiments;  // one a scenario, all with the same columns
  std::uint32_t replicates = 0;                    // of each scenario
  std::uint32_t block_size = 500;
  Shard shard;
  unsigned threads = 1;
  bool keep_rows = false;
};

struct Progress {
  std::uint64_t done = 0;  // replicates of all scenarios, those found in the log included
  std::uint64_t total = 0;
};

/// Runs the blocks that the log does not hold yet, in any order on any number of threads, and appends each as it is
/// finished; the blocks go scenario by turn, so that all scenarios advance together. `report` is called by one
/// thread at a time after each block. Once `stop` is set, blocks under way are abandoned after the replicate they are
/// at, and run again by the next run. Returns whether everything asked of this shard is in the log. The first exception
/// of a block is rethrown after the others have finished theirs. A last block that an earlier, shorter run left partly
/// filled is run again whole.
bool run_blocks(const RunPlan& plan, BlockLog& log, const std::function<void(const Progress&)>& report,
                const std::atomic<bool>& stop);

}  // namespace oligosim

#include "engine/montecarlo/runner.hpp"

#include <algorithm>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

#include "engine/montecarlo/parallel_for.hpp"

namespace oligosim {

namespace {

struct Work {
  std::vector<BlockId> blocks;  // nothing more of each: there are as many as the run is long
  Progress progress;
};

void require_sound(const RunPlan& plan, const BlockLog& log) {
  if (plan.block_size == 0 || plan.shard.parts == 0 || plan.shard.part < 1 || plan.shard.part > plan.shard.parts ||
      plan.experiments.size() != log.header().scenarios || plan.block_size != log.header().block_size ||
      plan.keep_rows != log.header().keep_rows) {
    throw std::invalid_argument("the run plan is not sound or does not fit its block log");
  }
}

/// Replicates of a block: all of its size, or what is left for the last.
std::uint32_t wanted(const RunPlan& plan, BlockId id) {
  return std::min(plan.block_size, plan.replicates - id.block * plan.block_size);
}

/// Those of them that the log holds.
std::uint32_t logged(const RunPlan& plan, const BlockLog& log, BlockId id) {
  return std::min(log.replicates(id), wanted(plan, id));
}

/// Calls f(id) for each block of the shard, block by block and within that scenario by scenario.
template <class F>
void for_each_block(const RunPlan& plan, const F& f) {
  const std::uint64_t blocks = (std::uint64_t{plan.replicates} + plan.block_size - 1) / plan.block_size;
  for (std::uint64_t block = plan.shard.part - 1; block < blocks; block += plan.shard.parts)
    for (std::uint32_t scenario = 0; scenario < plan.experiments.size(); ++scenario)
      f(BlockId{scenario, static_cast<std::uint32_t>(block)});
}

Work missing_work(const RunPlan& plan, const BlockLog& log) {
  Work work;
  std::size_t missing = 0;
  for_each_block(plan, [&](BlockId id) {
    work.progress.done += logged(plan, log, id);
    work.progress.total += wanted(plan, id);
    missing += logged(plan, log, id) < wanted(plan, id);
  });
  work.blocks.reserve(missing);
  for_each_block(plan, [&](BlockId id) {
    if (logged(plan, log, id) < wanted(plan, id)) work.blocks.push_back(id);
  });
  return work;
}

}  // namespace

bool run_blocks(const RunPlan& plan, BlockLog& log, const std::function<void(const Progress&)>& report,
                const std::atomic<bool>& stop) {
  require_sound(plan, log);
  Work work = missing_work(plan, log);
  std::mutex writing;
  const auto run_one = [&](std::size_t index, Arena& arena) {
    if (stop.load()) return;
    const BlockId id = work.blocks[index];
    const std::optional<BlockSummary> summary =
        run_block(*plan.experiments[id.scenario], id, id.block * plan.block_size + 1, wanted(plan, id), plan.keep_rows,
                  arena, stop);
    if (!summary) return;
    const BlockLog::Encoded encoded = log.encode(*summary);
    const std::lock_guard lock(writing);  // the others wait meanwhile
    work.progress.done += wanted(plan, id) - logged(plan, log, id);
    log.append(encoded);
    if (report) report(work.progress);
  };
  parallel_for(work.blocks.size(), plan.threads, run_one);
  return work.progress.done == work.progress.total;
}

}  // namespace oligosim

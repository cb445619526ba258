#include "engine/montecarlo/runner.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <vector>

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

/// Calls `one_worker` `threads` times, on as many threads as there are; the first exception is rethrown. A single one
/// is the caller's own, which may be one of several: a limit set here would hold for those too.
template <class Worker>
void on_threads(unsigned threads, const Worker& one_worker) {
  if (threads <= 1) return one_worker();
  const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    tbb::parallel_for(
        0u, threads, [&](unsigned) { one_worker(); }, tbb::simple_partitioner());
  });
}

/// Hands out 0 ... count - 1 in order, to whoever asks next, until closed.
class Counter {
 public:
  explicit Counter(std::size_t count) : count_(count) {}
  bool next(std::size_t& index) {
    if (closed_.load(std::memory_order_relaxed)) return false;
    index = next_.fetch_add(1, std::memory_order_relaxed);
    return index < count_;
  }
  void close() { closed_.store(true, std::memory_order_relaxed); }

 private:
  const std::size_t count_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> closed_{false};
};

/// Takes indices until there are none; an exception closes the counter, so that the other workers end as well.
template <class Step>
void drain(Counter& counter, const Step& step) {
  try {
    Arena arena;
    for (std::size_t index = 0; counter.next(index);) step(index, arena);
  } catch (...) {
    counter.close();
    throw;
  }
}

}  // namespace

bool run_blocks(const RunPlan& plan, BlockLog& log, const std::function<void(const Progress&)>& report,
                const std::atomic<bool>& stop) {
  require_sound(plan, log);
  Work work = missing_work(plan, log);
  Counter counter(work.blocks.size());
  std::mutex writing;
  const auto run_one = [&](std::size_t index, Arena& arena) {
    if (stop.load()) return counter.close();
    const BlockId id = work.blocks[index];
    const std::optional<BlockSummary> summary =
        run_block(*plan.experiments[id.scenario], id, id.block * plan.block_size + 1, wanted(plan, id), plan.keep_rows,
                  arena, stop);
    if (!summary) return;  // the next step closes the counter
    const std::lock_guard lock(writing);
    work.progress.done += wanted(plan, id) - logged(plan, log, id);
    log.append(*summary);
    if (report) report(work.progress);
  };
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(plan.threads, work.blocks.size()));
  if (!work.blocks.empty()) on_threads(threads, [&] { drain(counter, run_one); });
  return work.progress.done == work.progress.total;
}

Folded fold(const BlockLog& log, std::uint32_t scenario, std::span<const Column> columns) {
  Folded folded{0, std::vector<Moments>(columns.size()), std::vector<Sketch>(columns.size())};
  log.for_each(scenario, [&](const BlockSummary& block) { folded.add(block, columns); });
  return folded;
}

void parallel_for(std::size_t count, unsigned threads, const std::function<void(std::size_t, Arena&)>& work) {
  if (count == 0) return;
  Counter counter(count);
  const auto workers = static_cast<unsigned>(std::min<std::size_t>(threads, count));
  on_threads(workers, [&] {
    drain(counter, [&](std::size_t index, Arena& arena) {
      arena.reset();
      work(index, arena);
    });
  });
}

}  // namespace oligosim

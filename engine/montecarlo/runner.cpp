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

struct Task {
  BlockId id;
  std::uint32_t first;
  std::uint32_t count;
  std::uint32_t logged;  // replicates of this block that the log holds already
};

struct Work {
  std::vector<Task> tasks;
  Progress progress;
};

void require_sound(const RunPlan& plan, const BlockLog& log) {
  if (plan.block_size == 0 || plan.shard.parts == 0 || plan.shard.part < 1 || plan.shard.part > plan.shard.parts ||
      plan.experiments.size() != log.header().scenarios || plan.block_size != log.header().block_size ||
      plan.keep_rows != log.header().keep_rows) {
    throw std::invalid_argument("the run plan is not sound or does not fit its block log");
  }
}

/// What the log lacks, block by block and within that scenario by scenario.
Work missing_work(const RunPlan& plan, const BlockLog& log) {
  Work work;
  const std::uint64_t step = std::uint64_t{plan.shard.parts} * plan.block_size;
  for (std::uint64_t first = std::uint64_t{plan.shard.part - 1} * plan.block_size; first < plan.replicates;
       first += step) {
    const auto block = static_cast<std::uint32_t>(first / plan.block_size);
    const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(plan.block_size, plan.replicates - first));
    for (std::uint32_t scenario = 0; scenario < plan.experiments.size(); ++scenario) {
      const BlockId id{scenario, block};
      const std::uint32_t logged = std::min(log.replicates(id), count);
      work.progress.done += logged;
      work.progress.total += count;
      if (logged < count) work.tasks.push_back({id, static_cast<std::uint32_t>(first + 1), count, logged});
    }
  }
  return work;
}

/// Calls `one_worker` `threads` times, on as many threads as there are; the first exception is rethrown.
template <class Worker>
void on_threads(unsigned threads, const Worker& one_worker) {
  threads = std::max(threads, 1u);
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
  Counter counter(work.tasks.size());
  std::mutex writing;
  const auto run_one = [&](std::size_t index, Arena& arena) {
    if (stop.load()) return counter.close();
    const Task& task = work.tasks[index];
    const Experiment& experiment = *plan.experiments[task.id.scenario];
    const std::optional<BlockSummary> summary =
        run_block(experiment, task.id, task.first, task.count, plan.keep_rows, arena, stop);
    if (!summary) return;  // the next step closes the counter
    const std::lock_guard lock(writing);
    log.append(*summary);
    work.progress.done += task.count - task.logged;
    if (report) report(work.progress);
  };
  const auto threads = static_cast<unsigned>(std::min<std::size_t>(plan.threads, work.tasks.size()));
  if (!work.tasks.empty()) on_threads(threads, [&] { drain(counter, run_one); });
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

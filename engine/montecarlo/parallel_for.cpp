#include "engine/montecarlo/parallel_for.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>

namespace oligosim {

namespace {

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

#include "engine/montecarlo/parallel_for.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>

namespace oligosim {

namespace {

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

/// A single thread is the caller's own, which may be one of several: a limit set here would hold for those too.
struct Threads::Limits {
  explicit Limits(unsigned count)
      : allow(tbb::global_control::max_allowed_parallelism, count), arena(static_cast<int>(count)) {}

  tbb::global_control allow;
  tbb::task_arena arena;
};

Threads::Threads(unsigned count) : count_(count), limits_(count > 1 ? std::make_unique<Limits>(count) : nullptr) {}

Threads::~Threads() = default;

void Threads::for_each(std::size_t count, const std::function<void(std::size_t, Arena&)>& work) {
  if (count == 0) return;
  Counter counter(count);
  const auto one_worker = [&] {
    drain(counter, [&](std::size_t index, Arena& arena) {
      arena.reset();
      work(index, arena);
    });
  };
  if (!limits_) return one_worker();
  limits_->arena.execute([&] {
    const auto workers = static_cast<unsigned>(std::min<std::size_t>(count_, count));
    tbb::parallel_for(
        0u, workers, [&](unsigned) { one_worker(); }, tbb::simple_partitioner());
  });
}

void parallel_for(std::size_t count, unsigned threads, const std::function<void(std::size_t, Arena&)>& work) {
  Threads(static_cast<unsigned>(std::min<std::size_t>(threads, count))).for_each(count, work);
}

}  // namespace oligosim

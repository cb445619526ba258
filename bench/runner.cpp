// What the machinery costs by itself: an experiment that does nothing, by its number of columns.
#include "engine/montecarlo/runner.hpp"

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "engine/montecarlo/fold.hpp"

namespace oligosim {
namespace {

/// One row of numbers that cost next to nothing; the first half of the columns is sketched.
class Empty : public Experiment {
 public:
  explicit Empty(std::size_t columns) {
    for (std::size_t c = 0; c < columns; ++c) columns_.push_back({std::to_string(c), c < columns / 2});
  }
  std::span<const Column> columns() const override { return columns_; }
  void replicate(std::uint32_t number, Arena&, std::span<double> row) const override {
    for (std::size_t c = 0; c < row.size(); ++c) row[c] = static_cast<double>((number * 2654435761u) >> (c % 16));
  }

 private:
  std::vector<Column> columns_;
};

constexpr std::uint32_t block_size = 500;

/// A block without its log; items are replicates.
void block(benchmark::State& state) {
  const Empty empty(static_cast<std::size_t>(state.range(0)));
  Arena arena;
  for (auto _ : state) {
    benchmark::DoNotOptimize(run_block(empty, {0, 0}, 1, block_size, false, arena));
  }
  state.SetItemsProcessed(state.iterations() * block_size);
}
BENCHMARK(block)->Arg(1)->Arg(20)->Arg(200);

/// A run of 20 blocks into a log on the disk of TMPDIR, and its fold; items are replicates.
void run_and_fold(benchmark::State& state) {
  const Empty empty(static_cast<std::size_t>(state.range(0)));
  const Experiment* const scenarios[] = {&empty};
  const std::atomic<bool> never{false};
  const auto path = std::filesystem::temp_directory_path() / ("oligosim-bench-" + std::to_string(::getpid()));
  const RunPlan plan{scenarios, 20 * block_size, block_size, {}, 1, false};
  for (auto _ : state) {
    std::filesystem::remove(path);
    BlockLog log(path, {"empty", 1, 1, "bench", block_size, 1, static_cast<std::uint32_t>(state.range(0)), false});
    run_blocks(plan, log, {}, never);
    benchmark::DoNotOptimize(fold(log, 0, empty.columns()));
  }
  std::filesystem::remove(path);
  state.SetItemsProcessed(state.iterations() * plan.replicates);
}
BENCHMARK(run_and_fold)->Arg(1)->Arg(20)->Arg(200)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace oligosim

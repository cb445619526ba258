// The bootstrap: drawing resamples, and statistics of them. Items are draws, or resamples.
#include <benchmark/benchmark.h>

#include <vector>

#include "engine/resampling/resamples.hpp"

namespace oligosim {
namespace {

template <CaseKind kind>
void weights(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  std::vector<std::uint16_t> stratum(n);
  for (std::size_t i = 0; i < n; ++i) stratum[i] = i % 4 == 0;
  Arena arena;
  const Resamples resamples({n, stratum, 2}, kind, Streams(1, 1), arena);
  std::vector<Lanes> weight(n);
  std::uint32_t first = 0;
  for (auto _ : state) {
    resamples.weights(first, weight);
    benchmark::DoNotOptimize(weight.data());
    benchmark::ClobberMemory();
    first += lanes;
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(n * lanes));
}
BENCHMARK(weights<CaseKind::multinomial>)->Name("multinomial_weights")->Arg(37)->Arg(200)->Arg(2000)->Arg(100000);
BENCHMARK(weights<CaseKind::exponential>)->Name("exponential_weights")->Arg(37)->Arg(200);

}  // namespace
}  // namespace oligosim

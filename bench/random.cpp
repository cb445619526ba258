// Cost of a random number, by the ways there are to draw one.
#include <benchmark/benchmark.h>

#include <vector>

#include "engine/random/stream.hpp"

namespace oligosim {
namespace {

/// Pairs of uniforms of many patients at once; items are pairs.
void uniform_pairs(benchmark::State& state) {
  const auto patients = static_cast<std::size_t>(state.range(0));
  std::vector<double> first(patients), second(patients);
  std::uint32_t replicate = 0;
  for (auto _ : state) {
    Streams(20250611, ++replicate).uniforms(Purpose::course, 0, first, second);
    benchmark::DoNotOptimize(first.data());
    benchmark::DoNotOptimize(second.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(uniform_pairs)->Arg(37)->Arg(160)->Arg(1000);

/// The same numbers, a stream a patient; items are pairs.
void uniform_pairs_one_by_one(benchmark::State& state) {
  std::uint32_t patient = 0;
  const Streams streams(20250611, 1);
  for (auto _ : state) {
    Stream stream = streams.stream(Purpose::course, ++patient);
    benchmark::DoNotOptimize(stream.uniform());
    benchmark::DoNotOptimize(stream.uniform());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(uniform_pairs_one_by_one);

template <double (Stream::*draw)()>
void one_stream(benchmark::State& state) {
  Stream stream(20250611, 1, Purpose::course);
  for (auto _ : state) benchmark::DoNotOptimize((stream.*draw)());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(one_stream<&Stream::uniform>)->Name("uniform");
BENCHMARK(one_stream<&Stream::normal>)->Name("normal");
BENCHMARK(one_stream<&Stream::exponential>)->Name("exponential");

void below(benchmark::State& state) {
  Stream stream(20250611, 1, Purpose::bootstrap);
  for (auto _ : state) benchmark::DoNotOptimize(stream.below(37));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(below);

}  // namespace
}  // namespace oligosim

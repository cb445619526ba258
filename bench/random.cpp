// Cost of a random number, by the ways there are to draw one.
#include <benchmark/benchmark.h>

#include <array>
#include <vector>

#include "engine/random/stream.hpp"

namespace oligosim {
namespace {

/// Four uniforms of each of many patients at once; items are patients.
void four_columns(benchmark::State& state) {
  const auto patients = static_cast<std::size_t>(state.range(0));
  std::array<std::vector<double>, 4> columns;
  for (std::vector<double>& column : columns) column.resize(patients);
  std::uint32_t replicate = 0;
  for (auto _ : state) {
    Streams(20250611, ++replicate).uniforms(Purpose::course, 0, {columns[0], columns[1], columns[2], columns[3]});
    benchmark::DoNotOptimize(columns[3].data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(four_columns)->Arg(37)->Arg(160)->Arg(1000);

/// One uniform of each of many patients; items are patients.
void first_uniforms(benchmark::State& state) {
  std::vector<double> numbers(static_cast<std::size_t>(state.range(0)));
  std::uint32_t replicate = 0;
  for (auto _ : state) {
    Streams(20250611, ++replicate).first_uniforms(Purpose::enrollment, 0, numbers);
    benchmark::DoNotOptimize(numbers.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(first_uniforms)->Arg(37)->Arg(200)->Arg(1000);

/// The numbers of four_columns, a stream a patient; items are patients.
void four_one_by_one(benchmark::State& state) {
  std::uint32_t patient = 0;
  const Streams streams(20250611, 1);
  for (auto _ : state) {
    Stream stream = streams.stream(Purpose::course, ++patient);
    for (int k = 0; k < 4; ++k) benchmark::DoNotOptimize(stream.uniform());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(four_one_by_one);

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

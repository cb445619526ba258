// Whole replicates: a plain two-arm trial and the main study, in replicates a second.
#include <benchmark/benchmark.h>

#include "models/study/trial_experiment.hpp"

namespace oligosim {
namespace {

void run_replicates(benchmark::State& state, const Study& study, std::size_t scenario) {
  const Scenario& s = study.scenarios[scenario];
  s.disease->prepare();
  const TrialExperiment experiment(s, study.seed, std::vector<TrueValue>(s.plan->labels().size()));
  std::vector<double> row(experiment.columns().size());
  Arena arena;
  std::uint32_t number = 0;
  for (auto _ : state) {
    arena.reset();
    experiment.replicate(++number, arena, row);
    benchmark::DoNotOptimize(row.data());
  }
  state.counters["replicates/s"] = benchmark::Counter(static_cast<double>(number), benchmark::Counter::kIsRate);
}

void plain_trial(benchmark::State& state) {
  Problems problems;
  const YamlNode tree = parse_yaml(R"(
study: two arms
seed: 1
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial: {enrollment: {patients: 200, rate_per_month: 10}, randomization: {blocks: [4]}, dropout: {probability: 0.1, by_month: 12}}
design: {kind: fixed, primary: log_rank, looks: [{at_events: 140, of: os}]}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: log_rank, method: log_rank, endpoint: os, by: arm}]
)",
                                   "bench.yaml", problems);
  run_replicates(state, read_study(tree, {}, problems), 0);
}
BENCHMARK(plain_trial);

void randomized_pfs(benchmark::State& state) {
  run_replicates(state, load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/randomized_pfs.yaml", {}), 1);
}
BENCHMARK(randomized_pfs);

}  // namespace
}  // namespace oligosim

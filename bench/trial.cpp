// Whole replicates: a plain two-arm trial, the paper's cohort and the main study, in replicates a second.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "models/study/trial_experiment.hpp"

namespace oligosim {
namespace {

void run_replicates(benchmark::State& state, const Study& study, std::size_t scenario) {
  const Scenario& s = study.scenarios[scenario];
  s.prepare(1);
  const TrialExperiment experiment(s, study.seed);
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

/// The trial that bench/peers/trial.R simulates too; `looks` and what else the design says.
Study plain_study(const std::string& design, int patients = 200) {
  Problems problems;
  const YamlNode tree = parse_yaml(R"(
study: two arms
seed: 1
disease: {os: {median_months: 10}}
arms: {control: {}, experimental: {effects: {os: {hazard_ratio: 0.7}}}}
trial:
  enrollment: {patients: )" + std::to_string(patients) +
                                       R"(, rate_per_month: 10}
  randomization: {blocks: [4]}
  dropout: {probability: 0.1, by_month: 12}
design: {primary: log_rank, )" + design +
                                       R"(}
plan:
  time_unit: days
  endpoints: {os: {time: os_d, event: os_e}}
  analyses: [{name: log_rank, method: log_rank, endpoint: os, by: arm}]
)",
                                   "bench.yaml", problems);
  return read_study(tree, {}, problems);
}

void one_look(benchmark::State& state) {
  run_replicates(state, plain_study("kind: fixed, looks: [{at_events: 140, of: os}]"), 0);
}
BENCHMARK(one_look)->Name("plain_trial/one_look");

/// With boundaries that no trial reaches, so that all looks are analysed.
void three_looks(benchmark::State& state) {
  run_replicates(state,
                 plain_study("kind: group_sequential, efficacy: {boundary: haybittle_peto, z: 8}, "
                             "looks: [{at_events: 47, of: os}, {at_events: 93, of: os}, {at_events: 140, of: os}]"),
                 0);
}
BENCHMARK(three_looks)->Name("plain_trial/three_looks");

/// Cost by the number of patients, of whom 70 % have an event; items are patients.
void trial_of_patients(benchmark::State& state) {
  const auto patients = static_cast<int>(state.range(0));
  const std::string events = std::to_string(patients * 7 / 10);
  run_replicates(
      state, plain_study("kind: fixed, latest_month: 100000, looks: [{at_events: " + events + ", of: os}]", patients),
      0);
  state.SetItemsProcessed(state.iterations() * patients);
}
BENCHMARK(trial_of_patients)->Arg(50)->Arg(200)->Arg(1000)->Arg(5000);

constexpr auto paper = OLIGOSIM_SOURCE_DIR "/configs/studies/paper_replication.yaml";

/// The statistical section of the paper on simulated cohorts that lie ready.
void paper_analysis(benchmark::State& state) {
  const Study study = load_study(paper, {});
  const Scenario& s = study.scenarios.front();
  s.prepare(1);
  constexpr std::uint32_t cohorts = 50;
  Arena of_cohorts, arena;
  std::vector<Cohort> patients;
  std::vector<LesionData> lesions;
  const double day = s.design->looks().front().month.value() * s.trial->days_per_month();
  for (std::uint32_t number = 1; number <= cohorts; ++number) {
    const Streams streams(study.seed, number);
    const Patients all = s.trial->simulate(streams, of_cohorts);
    patients.push_back(s.trial->cut(all, day, of_cohorts));
    lesions.push_back(s.trial->cut_lesions(all, day, of_cohorts));
  }
  std::vector<Estimate> estimates(s.plan->labels().size());
  std::size_t next = 0;
  for (auto _ : state) {
    arena.reset();
    PlanData data(patients[next], s.plan->parts(), arena, &lesions[next]);
    s.plan->evaluate(data, arena, estimates);
    benchmark::DoNotOptimize(estimates.data());
    next = (next + 1) % cohorts;
  }
}
BENCHMARK(paper_analysis);

/// The same with the patients simulated: a whole replicate.
void paper_replicate(benchmark::State& state) { run_replicates(state, load_study(paper, {}), 0); }
BENCHMARK(paper_replicate);

void randomized_pfs(benchmark::State& state) {
  run_replicates(state, load_study(OLIGOSIM_SOURCE_DIR "/configs/studies/randomized_pfs.yaml", {}), 1);
}
BENCHMARK(randomized_pfs);

}  // namespace
}  // namespace oligosim

// Patients a second of the disease models: what a trial of two arms needs, endpoints only, and everything, with what is
// found of responses and toxicity, and with the lesions.
#include <benchmark/benchmark.h>

#include <span>
#include <string>
#include <vector>

#include "models/disease/oligo_hcc/model.hpp"
#include "models/disease/plain_survival/model.hpp"

namespace oligosim {
namespace {

constexpr std::size_t patients = 160;

VisitSchedule published_visits() {
  return {.months = {1, 4, 7, 10, 13, 16, 19, 22, 25, 31, 37, 43, 49, 55, 61},
          .delay_months = 0.3,
          .jitter_sd_months = 0.6};
}

std::vector<ArmSpecification> two_arms() {
  std::vector<ArmSpecification> arms(2);
  arms[0].without_sbrt = true;
  arms[0].pfs_median_months = 5;
  return arms;
}

/// Spans for the wanted endpoints or outcomes; empty ones for the rest.
std::span<std::span<double>> columns(Arena& arena, std::size_t count, const std::vector<std::size_t>& wanted) {
  const auto all = arena.take<std::span<double>>(count, std::span<double>{});
  for (const std::size_t k : wanted) all[k] = arena.take<double>(patients);
  return all;
}

/// What is made besides endpoints and outcomes.
enum class Beyond { nothing, baseline, findings, lesions };

std::span<Steps> all_findings(Arena& arena, std::span<const Finding> findings) {
  const auto all = arena.take<Steps>(findings.size());
  for (std::size_t k = 0; k < all.size(); ++k)
    all[k] = {arena.take<double>(patients * findings[k].steps), arena.take<double>(patients * findings[k].steps)};
  return all;
}

void sample(benchmark::State& state, const DiseaseModel& model, const std::vector<std::size_t>& endpoints,
            const std::vector<std::size_t>& outcomes, Beyond beyond) {
  Columns baseline;
  for (const ColumnInfo& column : model.baseline()) baseline.add(column);
  std::vector<std::uint8_t> needed(baseline.size(), beyond != Beyond::nothing);
  for (const std::size_t k : model.course_needs()) needed[k] = 1;
  std::vector<std::uint8_t> arm(patients);
  for (std::size_t i = 0; i < patients; ++i) arm[i] = i % 2;
  Arena arena;
  std::uint32_t replicate = 0;
  for (auto _ : state) {
    arena.reset();
    const Streams streams(1, ++replicate);
    Cohort cohort(baseline, patients, needed, arena);
    model.sample_baseline(streams, cohort, arena);
    Course course{columns(arena, model.endpoints().size(), endpoints),
                  columns(arena, model.outcomes().size(), outcomes), columns(arena, model.outcomes().size(), outcomes)};
    if (beyond >= Beyond::findings) course.finding = all_findings(arena, model.findings());
    course.with_lesions = beyond == Beyond::lesions;
    model.sample_course(streams, cohort, arm, course, arena);
    benchmark::DoNotOptimize(course.lesions.count());
    benchmark::DoNotOptimize(course.event_day[0].data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(patients));
}

void oligo_hcc_trial(benchmark::State& state) {
  OligoHcc model({}, CohortMix({}, 12.0 / 28), two_arms(), {published_visits(), published_visits()}, 30);
  model.prepare();
  sample(state, model, {0, 1}, {0}, Beyond::nothing);
}
BENCHMARK(oligo_hcc_trial);

void oligo_hcc_endpoints(benchmark::State& state) {
  OligoHccParameters parameters;
  parameters.irradiated_response.hazard_ratio_after_onset = 1;
  const OligoHcc model(parameters, CohortMix({}, 12.0 / 28), two_arms(), {published_visits(), published_visits()}, 30);
  sample(state, model, {0, 1}, {}, Beyond::nothing);
}
BENCHMARK(oligo_hcc_endpoints);

void oligo_hcc_everything(benchmark::State& state) {
  const OligoHcc model({}, CohortMix({}, 12.0 / 28), two_arms(), {published_visits(), published_visits()}, 30);
  sample(state, model, {0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 3}, Beyond::baseline);
}
BENCHMARK(oligo_hcc_everything);

void oligo_hcc_findings(benchmark::State& state) {
  const OligoHcc model({}, CohortMix({}, 12.0 / 28), two_arms(), {published_visits(), published_visits()}, 30);
  sample(state, model, {0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 3}, Beyond::findings);
}
BENCHMARK(oligo_hcc_findings);

void oligo_hcc_lesions(benchmark::State& state) {
  const OligoHcc model({}, CohortMix({}, 12.0 / 28), two_arms(), {published_visits(), published_visits()}, 30);
  sample(state, model, {0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 3}, Beyond::lesions);
}
BENCHMARK(oligo_hcc_lesions);

void plain_survival_trial(benchmark::State& state) {
  const EndpointDistribution os({{0, 0.07}});
  PlainSurvivalParameters parameters;
  parameters.endpoints.push_back({.name = "os", .by_arm = {os, os.with_hazard_ratio(0.7, 3)}});
  const PlainSurvival model(parameters, {}, 30);
  sample(state, model, {0}, {}, Beyond::nothing);
}
BENCHMARK(plain_survival_trial);

void oligo_hcc_match(benchmark::State& state) {
  OligoHcc model({}, CohortMix({}, 12.0 / 28), two_arms(), {published_visits(), published_visits()}, 30);
  for (auto _ : state) model.prepare();
}
BENCHMARK(oligo_hcc_match)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace oligosim

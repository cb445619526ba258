// The kernels of the analysis on 37 and 200 patients, in patients a second.
#include <benchmark/benchmark.h>

#include "engine/random/stream.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/switching/rank_preserving.hpp"
#include "engine/statistics/switching/weighted_groups.hpp"

namespace oligosim {
namespace {

struct Data {
  explicit Data(std::size_t n) : time(n), event(n), group(n) {
    Stream draw(1, 1, Purpose::course);
    for (std::size_t i = 0; i < n; ++i) {
      group[i] = i % 2;
      time[i] = draw.exponential();
      event[i] = draw.uniform() < 0.7;
    }
  }
  std::vector<double> time;
  std::vector<std::uint8_t> event, group;
};

template <class Work>
void measure(benchmark::State& state, Work work) {
  const Data data(static_cast<std::size_t>(state.range(0)));
  Arena arena;
  for (auto _ : state) {
    arena.reset();
    work(data, arena);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void sort(benchmark::State& state) {
  measure(state, [](const Data& d, Arena& arena) {
    benchmark::DoNotOptimize(sort_survival(d.time, d.event, arena).time.data());
  });
}
BENCHMARK(sort)->Arg(37)->Arg(200);

void log_rank(benchmark::State& state) {
  measure(state, [](const Data& d, Arena& arena) {
    const SurvivalTable table = sort_survival(d.time, d.event, arena);
    const Grouping grouping{in_table_order<std::uint8_t>(table, d.group, arena), 2, {}, 1};
    benchmark::DoNotOptimize(log_rank_test(table, grouping, {}, {}, arena).statistic);
  });
}
BENCHMARK(log_rank)->Arg(37)->Arg(200);

void cox(benchmark::State& state) {
  measure(state, [](const Data& d, Arena& arena) {
    const SurvivalTable table = sort_survival(d.time, d.event, arena);
    const std::span<double> x = arena.take<double>(table.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = d.group[table.row[i]];
    benchmark::DoNotOptimize(oligosim::cox(table, {x, 1, {}, 1}, {}, {}, arena).coefficient.data());
  });
}
BENCHMARK(cox)->Arg(37)->Arg(200);

/// Eight resamples of a fit, by number of covariates; the items are patients of resamples.
void cox_lanes(benchmark::State& state) {
  const auto columns = static_cast<std::size_t>(state.range(1));
  measure(state, [&](const Data& d, Arena& arena) {
    const SurvivalTable table = sort_survival(d.time, d.event, arena);
    const std::span<double> x = arena.take<double>(table.size() * columns);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::size_t row = table.row[i % table.size()], column = i / table.size();
      x[i] = column == 0 ? d.group[row] : static_cast<double>((row * 7919 + column * 31) % 101);
    }
    const std::span<Lanes> weight = arena.take<Lanes>(table.size());
    for (std::size_t i = 0; i < weight.size(); ++i) {
      for (std::size_t k = 0; k < lanes; ++k) weight[i][k] = static_cast<double>((i * 31 + k * 17) % 3);
    }
    const CoxResamples resamples(table, {x, columns, {}, 1}, {}, arena);
    benchmark::DoNotOptimize(resamples.fits({weight}, {}, arena)[0].coefficient.data());
  });
  state.SetItemsProcessed(state.iterations() * state.range(0) * static_cast<std::int64_t>(lanes));
}
BENCHMARK(cox_lanes)->Args({37, 1})->Args({200, 1})->Args({37, 4})->Args({200, 4});

void kaplan_meier_median(benchmark::State& state) {
  measure(state, [](const Data& d, Arena& arena) {
    const KaplanMeierCurve curve = kaplan_meier(sort_survival(d.time, d.event, arena), {}, arena);
    benchmark::DoNotOptimize(survival_quantile(curve, 0.5, SurvivalInterval::log, 0.95).estimate);
  });
}
BENCHMARK(kaplan_meier_median)->Arg(37)->Arg(200);

/// Half of the first group changes treatment, halfway to its end.
void rank_preserving(benchmark::State& state) {
  measure(state, [](const Data& d, Arena& arena) {
    const std::span<double> treated = arena.take<double>(d.time.size());
    for (std::size_t i = 0; i < treated.size(); ++i)
      treated[i] = d.group[i] ? d.time[i] : i % 4 == 0 ? 0.5 * d.time[i] : 0;
    const TreatedTimes patients{
        .time = d.time, .event = d.event, .treated = treated, .follow_up = {}, .group = d.group, .stratum = {}};
    benchmark::DoNotOptimize(oligosim::rank_preserving(patients, 0.95, arena).log_time_ratio);
  });
}
BENCHMARK(rank_preserving)->Arg(37)->Arg(200);

/// The same, of whom nothing is seen after the change.
void weighted_groups(benchmark::State& state) {
  measure(state, [](const Data& d, Arena& arena) {
    const std::size_t n = d.time.size();
    const std::span<double> time = arena.take<double>(n), eligible = arena.take<double>(n, 0.0);
    const std::span<std::uint8_t> event = arena.take<std::uint8_t>(n), changed = arena.take<std::uint8_t>(n);
    for (std::size_t i = 0; i < n; ++i) {
      changed[i] = i % 4 == 0;
      time[i] = changed[i] ? 0.5 * d.time[i] : d.time[i];
      event[i] = changed[i] ? 0 : d.event[i];
    }
    const ChangingPatients patients{
        .time = time, .event = event, .changed = changed, .eligible = eligible, .group = d.group, .covariates = {}};
    const SwitchingWeights weights = switching_weights(patients, arena);
    benchmark::DoNotOptimize(oligosim::weighted_groups(patients, weights, true, arena).log_hazard_ratio);
  });
}
BENCHMARK(weighted_groups)->Arg(37)->Arg(200);

}  // namespace
}  // namespace oligosim

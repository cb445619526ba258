// The bootstrap: drawing resamples, and 1000 values of a statistic; bench/peers/bootstrap.R does the same in R.
#include <benchmark/benchmark.h>

#include <vector>

#include "engine/resampling/intervals.hpp"
#include "engine/resampling/resamples.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"

namespace oligosim {
namespace {

constexpr std::size_t resample_count = 1000;

/// Sorted patients by a rule that the peer shares: no ties, 70 % events, one in four in the second group.
struct Data {
  Data(std::size_t n, Arena& arena) : time(n), event(n), stratum(n) {
    for (std::size_t i = 0; i < n; ++i) {
      time[i] = 1.0 + static_cast<double>(i * 7919 % 1009);
      event[i] = i * 31 % 10 < 7;
      stratum[i] = i % 4 == 0;
    }
    table = sort_survival(time, event, arena);
    group = arena.take<double>(n);
    for (std::size_t i = 0; i < n; ++i) group[i] = stratum[table.row[i]];
  }
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  std::vector<std::uint16_t> stratum;
  SurvivalTable table;
  std::span<double> group;
};

template <CaseKind kind>
void weights(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  Arena arena;
  const Data data(n, arena);
  const Resamples resamples({n, data.stratum, 2}, kind, Streams(1, 1), arena);
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

/// A whole bootstrap: resamples drawn, the statistic of each, the percentile interval. `make(data, arena)` gives what
/// finds the values of eight resamples by their weights: of_eight(weights, arena).
template <class Make>
void bootstrap(benchmark::State& state, const Make& make) {
  const auto n = static_cast<std::size_t>(state.range(0));
  Arena arena;
  const Data data(n, arena);
  const auto of_eight = make(data, arena);
  const Resamples resamples({n, {}, 1}, CaseKind::multinomial, Streams(1, 1), arena);
  std::vector<WholeLanes> count(n);
  std::vector<double> value(resample_count);
  for (auto _ : state) {
    for (std::uint32_t first = 0; first < resample_count; first += lanes) {
      const Arena::Scope scope(arena);
      resamples.counts(first, count);
      const Lanes eight = of_eight(CaseWeights(std::span<const WholeLanes>(count)), arena);
      for (std::size_t k = 0; k < lanes; ++k) value[first + k] = eight[k];
    }
    const Arena::Scope scope(arena);
    const BootstrapDistribution distribution(value, 0.0, arena);
    benchmark::DoNotOptimize(percentile_interval(distribution, 0.95).lower);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(resample_count));
}

void bootstrap_cox(benchmark::State& state) {
  bootstrap(state, [](const Data& d, Arena& arena) {
    const CoxCovariates covariates{d.group, 1, {}, 1};
    const double start = cox(d.table, covariates, {}, {}, arena).coefficient[0];
    const CoxResamples resamples(d.table, covariates, d.table.row, arena);
    return [resamples, start](const CaseWeights& weights, Arena& scratch) {
      return resamples.log_hazard_ratios(weights, Ties::efron, start, scratch).value;
    };
  });
}
BENCHMARK(bootstrap_cox)->Arg(37)->Arg(200)->Unit(benchmark::kMicrosecond);

void bootstrap_median(benchmark::State& state) {
  bootstrap(state, [](const Data& d, Arena&) {
    return [&d](const CaseWeights& weights, Arena& scratch) {
      const std::span<const Lanes> ordered = weights.numbers_of(d.table.row, scratch);
      return quantile_values(kaplan_meier<Lanes>(d.table, ordered, scratch, Greenwood::left_out), 0.5);
    };
  });
}
BENCHMARK(bootstrap_median)->Arg(37)->Arg(200)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace oligosim

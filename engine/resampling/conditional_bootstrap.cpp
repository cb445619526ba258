#include "engine/resampling/conditional_bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

ConditionalBootstrap::ConditionalBootstrap(const CensoredRows& rows, Streams streams, Arena& arena)
    : rows_(rows), streams_(streams), failure_(laws(rows, false, arena)), censoring_(laws(rows, true, arena)) {}

std::span<const ConditionalBootstrap::Law> ConditionalBootstrap::laws(const CensoredRows& rows, bool of_censoring,
                                                                      Arena& arena) const {
  const std::span<const std::uint16_t> stratum = of_censoring ? rows.censoring_stratum : rows.failure_stratum;
  const std::size_t strata = stratum.empty() ? 1 : of_censoring ? rows.censoring_strata : rows.failure_strata;
  const std::span<Law> laws = arena.take<Law>(strata);
  const std::span<std::uint8_t> keep = arena.take<std::uint8_t>(rows.time.size());
  const SurvivalTable failures = sort_survival(rows.time, rows.event, arena);
  const SurvivalTable all = of_censoring ? reversed(failures, arena) : failures;
  for (std::size_t s = 0; s < strata; ++s) {
    for (std::size_t i = 0; i < keep.size(); ++i) keep[i] = stratum.empty() || stratum[i] == s;
    const KaplanMeierCurve<double> curve = kaplan_meier(filter(all, keep, arena), {}, arena);
    const std::span<double> at = arena.take<double>(curve.time.size()), after = arena.take<double>(curve.time.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < curve.time.size(); ++i) {
      if (curve.events[i] == 0.0) continue;
      at[size] = curve.time[i];
      after[size++] = curve.survival[i];
    }
    laws[s] = {at.first(size), after.first(size), size == 0 ? missing : at[size - 1]};
  }
  return laws;
}

// The first time at which survival is at or below the uniform's share of the survival just after `beyond`.
double ConditionalBootstrap::draw(const Law& law, double beyond, double uniform) const {
  const auto from = std::upper_bound(law.at.begin(), law.at.end(), beyond) - law.at.begin();
  const double left = from == 0 ? 1.0 : law.after[static_cast<std::size_t>(from) - 1];
  const double level = uniform * left;
  const auto found = std::partition_point(law.after.begin() + from, law.after.end(),
                                          [&](double survival) { return survival > level; });
  if (found == law.after.end()) return std::numeric_limits<double>::infinity();
  return law.at[static_cast<std::size_t>(found - law.after.begin())];
}

void ConditionalBootstrap::resample(std::uint32_t number, std::span<double> time, std::span<std::uint8_t> event) const {
  assert(time.size() == rows_.time.size() && event.size() == rows_.time.size());
  constexpr double infinity = std::numeric_limits<double>::infinity();
  Stream stream = streams_.stream(Purpose::bootstrap, number);
  for (std::size_t i = 0; i < time.size(); ++i) {
    const Law& failure = failure_[rows_.failure_stratum.empty() ? 0 : rows_.failure_stratum[i]];
    const Law& censoring = censoring_[rows_.censoring_stratum.empty() ? 0 : rows_.censoring_stratum[i]];
    const double first = stream.uniform(), second = stream.uniform();
    double failed = draw(failure, -infinity, first);
    const double censored = rows_.event[i] ? draw(censoring, rows_.time[i], second) : rows_.time[i];
    if (failed == infinity && censored == infinity) failed = failure.last;
    time[i] = std::min(failed, censored);
    event[i] = failed <= censored;
  }
}

}  // namespace oligosim

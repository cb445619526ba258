#include "models/analysis/resampled_times.hpp"

#include <algorithm>

#include "engine/resampling/conditional_bootstrap.hpp"

namespace oligosim {

void resample_times(const Analysis& analysis, PlanData& data, std::span<const std::uint16_t> stratum,
                    std::size_t strata, const Streams& streams, Arena& arena, const ResampledValues& out) {
  const CensoredInput input = analysis.censored_input().value();
  const SurvivalTable& table = data.table(input.endpoint, input.population);
  const std::size_t n = table.size();
  const std::span<std::uint32_t> place = arena.take<std::uint32_t>(n);  // in the table, by row
  for (std::uint32_t i = 0; i < n; ++i) place[i] = i;
  std::ranges::sort(place, {}, [&](std::uint32_t i) { return table.row[i]; });
  const std::span<double> time = arena.take<double>(n), new_time = arena.take<double>(n);
  const std::span<std::uint8_t> event = arena.take<std::uint8_t>(n), new_event = arena.take<std::uint8_t>(n);
  const std::span<std::uint16_t> code = arena.take<std::uint16_t>(stratum.empty() ? 0 : n);
  for (std::size_t i = 0; i < n; ++i) {
    time[i] = table.time[place[i]];
    event[i] = table.event[place[i]];
    if (!code.empty()) code[i] = stratum[table.row[place[i]]];
  }
  const ConditionalBootstrap bootstrap({time, event, code, strata, code, strata}, streams, arena);
  const std::size_t rows = data.cohort().patients();
  const std::span<double> time_of_row = arena.take<double>(rows, missing);
  const std::span<std::uint8_t> event_of_row = arena.take<std::uint8_t>(rows, std::uint8_t{0});
  for (std::size_t version = 0; version < out.count; ++version) {
    const Arena::Scope one(arena);
    bootstrap.resample(static_cast<std::uint32_t>(version), new_time, new_event);
    for (std::size_t i = 0; i < n; ++i) {
      time_of_row[table.row[place[i]]] = new_time[i];
      event_of_row[table.row[place[i]]] = new_event[i];
    }
    const SurvivalTable resampled = sort_survival(time_of_row, event_of_row, arena);
    PlanData resampled_data = data.with_table(input.endpoint, input.population, resampled, arena);
    analysis.evaluate_version(version, resampled_data, arena, out);
  }
}

}  // namespace oligosim

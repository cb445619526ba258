#include "models/analysis/methods/curve_analysis.hpp"

#include <cassert>
#include <cstdint>

#include "engine/resampling/weird_bootstrap.hpp"

namespace oligosim {
namespace {

constexpr int group_bit = 24;  // of a stream's index; resamples are fewer, and codes of groups have eight bits

}  // namespace

void CurveAnalysis::resample(PlanData& data, const ResampledRows& rows, Arena& arena,
                             const ResampledValues& out) const {
  const std::span<SurvivalTable> tables = arena.take<SurvivalTable>(curve_count());
  for (std::size_t k = 0; k < tables.size(); ++k) tables[k] = curve_table(k, data, arena);
  const Greenwood greenwood = out.variance.empty() && !reads_variances() ? Greenwood::left_out : Greenwood::added_up;
  rows.for_each_eight(arena, [&](std::size_t first, const CaseWeights& weights) {
    const auto curves = arena.take<KaplanMeierCurve<Lanes>>(tables.size());
    for (std::size_t k = 0; k < tables.size(); ++k)
      curves[k] = kaplan_meier<Lanes>(tables[k], weights.numbers_of(tables[k].row, arena), arena, greenwood);
    put(curves, data.parts(), first, out);
  });
}

void CurveAnalysis::resample_events(PlanData& data, const Streams& streams, Arena& arena,
                                    const ResampledValues& out) const {
  assert(out.count < std::size_t{1} << group_bit && curve_count() <= 256);
  const std::span<KaplanMeierCurve<>> own = arena.take<KaplanMeierCurve<>>(curve_count());
  for (std::size_t k = 0; k < own.size(); ++k) own[k] = kaplan_meier(curve_table(k, data, arena), {}, arena);
  for (std::size_t first = 0; first < out.count; first += lanes) {
    const Arena::Scope eight(arena);
    const auto curves = arena.take<KaplanMeierCurve<Lanes>>(own.size());
    for (std::size_t k = 0; k < own.size(); ++k)
      curves[k] = weird_bootstrap(own[k], static_cast<std::uint32_t>((k << group_bit) + first), streams, arena);
    put(curves, data.parts(), first, out);
  }
}

}  // namespace oligosim

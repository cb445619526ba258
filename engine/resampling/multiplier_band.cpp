#include "engine/resampling/multiplier_band.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/resampling/intervals.hpp"
#include "engine/statistics/kaplan_meier.hpp"
#include "engine/statistics/normal.hpp"

namespace oligosim {

HazardMultipliers::HazardMultipliers(const SurvivalTable& table, Arena& arena)
    : patient_time_(table.time), event_(table.event) {
  const KaplanMeierCurve<double> curve = kaplan_meier(table, {}, arena);
  const std::size_t most = curve.time.size();
  const std::span<double> time = arena.take<double>(most), variance = arena.take<double>(most),
                          jump = arena.take<double>(most), compensator = arena.take<double>(most);
  const std::span<std::uint32_t> leaving = arena.take<std::uint32_t>(most);
  std::size_t size = 0;
  double total = 0.0, hazard = 0.0;
  for (std::size_t i = 0; i < most; ++i) {
    const double d = curve.events[i], y = curve.at_risk[i];
    if (d == 0.0) continue;
    time[size] = curve.time[i];
    variance[size] = total += d * (y - d) / (y * y * y);
    compensator[size] = hazard += d / (y * y);
    jump[size] = 1.0 / y;
    const auto beyond = std::upper_bound(table.time.begin(), table.time.end(), curve.time[i]);
    leaving[size++] = static_cast<std::uint32_t>(beyond - table.time.begin());
  }
  time_ = time.first(size);
  variance_ = variance.first(size);
  jump_ = jump.first(size);
  compensator_ = compensator.first(size);
  leaving_ = leaving.first(size);
}

// A patient who leaves at or before t keeps what the influence was on leaving; the others have minus the compensator.
void HazardMultipliers::process(std::uint32_t first, std::span<Lanes> out, const Streams& streams, Arena& arena) const {
  assert(out.size() == time_.size());
  const Arena::Scope scope(arena);
  const std::span<Lanes> multiplier = arena.take<Lanes>(patient_time_.size());
  for (std::uint32_t k = 0; k < lanes; ++k) {
    Stream draw = streams.stream(Purpose::bootstrap, first + k);
    for (Lanes& m : multiplier) m[k] = draw.normal();
  }
  Lanes staying{}, left{};
  for (const Lanes& m : multiplier) staying += m;
  std::size_t i = 0;
  double before = 0.0;
  for (std::size_t j = 0; j < time_.size(); ++j) {
    for (; i < leaving_[j]; ++i) {
      // Events among them are at this event time; censorings before it, or at it, where they are still at risk.
      const double compensator = patient_time_[i] == time_[j] ? compensator_[j] : before;
      left += multiplier[i] * (event_[i] ? jump_[j] - compensator : -compensator);
      staying -= multiplier[i];
    }
    out[j] = left - compensator_[j] * staying;
    before = compensator_[j];
  }
}

SurvivalBand survival_band(const SurvivalTable& table, double from, double to, std::uint32_t resamples,
                           double confidence, const Streams& streams, Arena& arena) {
  const Arena::Scope scope(arena);
  const HazardMultipliers multipliers(table, arena);
  const std::span<const double> time = multipliers.time(), variance = multipliers.variance();
  const std::span<double> largest = arena.take<double>(resamples, 0.0);
  const std::span<Lanes> process = arena.take<Lanes>(time.size());
  bool any = false;
  for (std::uint32_t b = 0; b < resamples; b += lanes) {
    multipliers.process(b, process, streams, arena);
    for (std::size_t j = 0; j < time.size(); ++j) {
      if (time[j] < from || time[j] > to || !(variance[j] > 0.0)) continue;
      any = true;
      const double sd = std::sqrt(variance[j]);
      for (std::size_t k = 0; k < lanes && b + k < resamples; ++k)
        largest[b + k] = std::max(largest[b + k], std::abs(process[j][k]) / sd);
    }
  }
  if (!any) return {missing, missing, missing};
  const BootstrapDistribution distribution(largest, 0.0, arena);
  const double critical = distribution.quantile(confidence);
  const double level_sd = std::sqrt(confidence * (1.0 - confidence) / static_cast<double>(resamples));
  return {critical, distribution.spread(confidence, level_sd), 2.0 * normal_cdf(critical) - 1.0};
}

}  // namespace oligosim

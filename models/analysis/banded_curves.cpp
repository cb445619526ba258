#include "models/analysis/banded_curves.hpp"

#include <algorithm>
#include <cstdint>

#include "engine/io/number.hpp"
#include "models/analysis/plan_data.hpp"

namespace oligosim {
namespace {

/// The curve at a time is that of the last event by then, if there was one.
double last_event_by(std::span<const double> event_times, double time) {
  const auto after = std::ranges::upper_bound(event_times, time);
  return after == event_times.begin() ? time : *(after - 1);
}

}  // namespace

CurveBands BandedCurves::bands(double from_month, double to_month, std::size_t resamples, PlanData& data,
                               const Streams& streams, Arena& arena) const {
  const double unit = data.parts().units_per_month;
  const std::span<SimultaneousBand> of_curve = arena.take<SimultaneousBand>(band_count());
  for (std::size_t k = 0; k < of_curve.size(); ++k) {
    const CurveMultipliers own = multipliers(k, data, arena);
    of_curve[k] = simultaneous_band(own, last_event_by(own.time(), from_month * unit), to_month * unit,
                                    static_cast<std::uint32_t>(resamples), data.parts().confidence, streams, arena);
  }
  return {from_month, to_month, resamples, of_curve};
}

CurveLimits limits_of(const CurveBands* bands, std::size_t curve, const PlanParts& parts) {
  if (bands == nullptr) return {parts.confidence};
  return {bands->of_curve[curve].confidence, bands->from_month, bands->to_month};
}

std::string limits_in_words(const CurveBands* bands) {
  if (bands == nullptr) return "pointwise interval";
  return "simultaneous band from month " + shortest(bands->from_month) + " to " + shortest(bands->to_month) +
         ", which holds the whole curve there, of " + std::to_string(bands->resamples) + " multiplier resamples";
}

void take_limits(std::span<Estimate> out) {
  for (Estimate& e : out) {
    e.lower = e.upper = missing;
    if (e.status == Status::ok) e.status = Status::no_events;
  }
}

}  // namespace oligosim

#include "models/disease/oligo_hcc/discontinuation.hpp"

#include <algorithm>

#include "models/disease/oligo_hcc/toxicity.hpp"

namespace oligosim {

std::span<const double> stop_months(const OligoHccParameters& parameters, const Streams& streams, std::size_t patients,
                                    double days_per_month, Arena& arena) {
  const DiscontinuationParameters& p = parameters.discontinuation;
  if (p.progression_hazard_ratio == 1 && p.death_hazard_ratio == 1) return {};
  const std::span<double> months = arena.take<double>(patients);
  for (std::size_t i = 0; i < patients; ++i) {
    const double day = discontinuation_day(parameters.toxicity, streams, static_cast<std::uint32_t>(i));
    months[i] = day / days_per_month;
  }
  return months;
}

// What of the target is left at the stop takes 1 / ratio of it afterwards.
double StoppedHazard::inverse_with_stop(double target, double start, double onset, double effect) const {
  const double until = std::max(start, stop);
  const double before = hazard.cumulative(until, onset, effect) - hazard.cumulative(start, onset, effect);
  if (target > before) target = before + (target - before) / ratio;
  return hazard.inverse(target, start, onset, effect);
}

double StoppedHazard::cumulative(double u, double onset, double effect) const {
  const double all = hazard.cumulative(u, onset, effect);
  if (u <= stop || ratio == 1) return all;
  const double before = hazard.cumulative(stop, onset, effect);
  return before + ratio * (all - before);
}

}  // namespace oligosim

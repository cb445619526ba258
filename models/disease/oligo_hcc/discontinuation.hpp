#pragma once

#include <limits>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "models/disease/oligo_hcc/parameters.hpp"
#include "models/disease/piecewise_hazard.hpp"

namespace oligosim {

/// The month in which each patient's systemic therapy is stopped for toxicity: of those whose column `discontinued` is
/// 1, any day until day 90 alike; infinity: never. Empty where stopping changes nothing.
std::span<const double> stop_months(const OligoHccParameters& parameters, const Streams& streams, std::size_t patients,
                                    double days_per_month, Arena& arena);

/// Element i; a number where there are none.
inline double element(std::span<const double> column, std::size_t i, double if_empty) {
  return column.empty() ? if_empty : column[i];
}

/// A component of the course whose hazard is multiplied by `ratio` from `stop` on (on the scale of the component;
/// infinity: never). Otherwise as PiecewiseHazard.
struct StoppedHazard {
  const PiecewiseHazard& hazard;
  double stop, ratio;

  double inverse(double target, double start = 0, double onset = infinity, double effect = 1) const {
    if (stop == infinity || ratio == 1) return hazard.inverse(target, start, onset, effect);
    return inverse_with_stop(target, start, onset, effect);
  }
  double cumulative(double u, double onset = infinity, double effect = 1) const;

 private:
  static constexpr double infinity = std::numeric_limits<double>::infinity();
  double inverse_with_stop(double target, double start, double onset, double effect) const;
};

}  // namespace oligosim

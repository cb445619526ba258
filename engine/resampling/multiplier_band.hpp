#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/lanes.hpp"
#include "engine/statistics/survival_table.hpp"

namespace oligosim {

/// The wild bootstrap of the cumulative hazard (Lin, Fleming and Wei 1994; Lin 1997): sum over patients of a standard
/// normal multiplier times the patient's influence psi(t) = integral to t of dM / Y, with M the estimated martingale
/// and Y the number at risk. Given the data a process with the variance sum of psi(t)^2 = sum to t of d (Y - d) / Y^3.
class HazardMultipliers {
 public:
  HazardMultipliers(const SurvivalTable& table, Arena& arena);

  /// Distinct event times, ascending, and the variance at each.
  std::span<const double> time() const { return time_; }
  std::span<const double> variance() const { return variance_; }

  /// The process at each event time: resamples first ... first + 7, each by the stream (bootstrap, number), one normal
  /// a patient in table order.
  void process(std::uint32_t first, std::span<Lanes> out, const Streams& streams, Arena& arena) const;

 private:
  std::span<const double> patient_time_;  // in table order
  std::span<const std::uint8_t> event_;
  std::span<const double> time_, variance_;
  std::span<const double> jump_;            // 1 / Y at each event time
  std::span<const double> compensator_;     // sum of d / Y^2 up to and with it
  std::span<const std::uint32_t> leaving_;  // first patient, in table order, beyond the event time
};

/// Equal-precision simultaneous band (Nair 1984) of a Kaplan-Meier curve.
struct SurvivalBand {
  double critical;  // in the place of 1.96; NaN without an event in the range
  double critical_mcse;
  double confidence;  // pointwise: what survival_at() is to be told to give the band's limits
};

/// Over the event times in [from, to], with the quantile of the largest standardized process of `resamples`.
SurvivalBand survival_band(const SurvivalTable& table, double from, double to, std::uint32_t resamples,
                           double confidence, const Streams& streams, Arena& arena);

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/random/stream.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// The wild bootstrap of a curve (Lin, Fleming and Wei 1994; Lin 1997): sum over patients of a standard normal
/// multiplier times the patient's influence on the curve, in which each increment of the counting process of a cause
/// has lost what was to be expected of it: dM = dN - (at risk) d / Y, with Y at risk and d events of that cause. Given
/// the data a Gaussian process with the variance of the curve.
class CurveMultipliers {
 public:
  /// Of the cumulative hazard: influence integral to t of dM / Y.
  static CurveMultipliers of_hazard(const SurvivalTable& table, Arena& arena);

  /// Of the cumulative incidence F of one cause, other causes competing. An event at u moves F(t) by S(u-) / Y if it is
  /// of that cause, and any event by -(F(t) - F(u)) / (Y - d), what those who left would have added. `cause` in table
  /// order: 0 censored, 1, 2, ... causes.
  static CurveMultipliers of_incidence(const SurvivalTable& table, std::span<const std::uint8_t> cause,
                                       std::uint8_t interest, Arena& arena);

  /// Distinct times of events of any cause, ascending, and the variance of the process at each.
  std::span<const double> time() const { return time_; }
  std::span<const double> variance() const { return variance_; }

  /// The process at each of these times: resamples first ... first + 7, each by the stream (bootstrap, number), one
  /// normal a patient in table order.
  void process(std::uint32_t first, std::span<Lanes> out, const Streams& streams, Arena& arena) const;

 private:
  // The process is A - level B. A gains, at each time, own a patient's dM of the cause of interest and other that of
  // the other causes; B gains both times `any`.
  struct Step {
    double own_rate, other_rate;  // d / Y
    double own, other, any;
    double level;
  };
  CurveMultipliers(const SurvivalTable& table, std::span<const std::uint8_t> cause, std::uint8_t interest)
      : patient_time_(table.time), cause_(cause), interest_(interest) {}
  void set_steps(std::span<double> time, std::span<Step> step, std::span<const double> at_risk, Arena& arena);

  std::span<const double> patient_time_;  // in table order
  std::span<const std::uint8_t> cause_;
  std::uint8_t interest_;
  std::span<const double> time_, variance_;
  std::span<const Step> step_;
};

/// Equal-precision simultaneous band (Nair 1984) of a curve: its pointwise interval at another confidence.
struct SimultaneousBand {
  double critical;  // in the place of 1.96; NaN without an event in the range
  double critical_mcse;
  double confidence;  // pointwise, of the normal quantile `critical`
};

/// Over the event times in [from, to], with the quantile of the largest standardized process of `resamples`.
SimultaneousBand simultaneous_band(const CurveMultipliers& multipliers, double from, double to, std::uint32_t resamples,
                                   double confidence, const Streams& streams, Arena& arena);

}  // namespace oligosim

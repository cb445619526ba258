#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// Time since the start, one element a patient, in any unit; 1 where it ended with the event.
struct FollowUp {
  std::span<const double> time;
  std::span<const std::uint8_t> event;
};

/// How often something has happened in so much time: its rate has a gamma distribution, by the prior
/// 1 / rate.
struct RateSeen {
  double times = 0, time = 0;
  /// By inversion of a uniform number; 0 where it has never happened.
  double draw(double uniform) const;
};

/// What follow-up says of a hazard: draws of its parameters from their distribution given the data, and times of the
/// event under each. Const: shared.
class HazardPosterior {
 public:
  virtual ~HazardPosterior() = default;
  virtual std::size_t parameters() const = 0;
  /// One draw of all parameters.
  virtual void draw(Stream& stream, std::span<double> parameters) const = 0;
  /// When a patient who is free of the event at `so_far` has it, under these parameters: the cumulative hazard there
  /// grows by `exponential`, a standard exponential number. Infinity: never.
  virtual double event_time(std::span<const double> parameters, double so_far, double exponential) const = 0;
};

/// Hazards that are constant between `cuts` (ascending, above 0; none: one hazard for ever), the last one for ever:
/// each by itself has a gamma distribution of its events and its time at risk, from a prior 1 / hazard, under which
/// the interval of a single hazard's next events has its level in repeated samples too (Bagiella and Heitjan 2001).
/// Null where a piece has no events.
std::unique_ptr<const HazardPosterior> piecewise_hazard_posterior(const FollowUp& data, std::span<const double> cuts);

/// A Weibull distribution, S(t) = exp(-rate t^shape): the log of the shape is normal about its maximum-likelihood
/// estimate with the inverse of the observed information (Ying and Heitjan 2008), and given it the rate has the gamma
/// distribution of the events and the sum of t^shape. Null where there are no such estimates, as with all events at one
/// time or one at 0.
std::unique_ptr<const HazardPosterior> weibull_hazard_posterior(const FollowUp& data, Arena& arena);

}  // namespace oligosim

#pragma once

#include <array>
#include <span>

#include "engine/statistics/switching/switching_weights.hpp"

namespace oligosim {

/// Stretches (from, to] of patients' time at risk, each of one weight: one over the probability of not having changed
/// treatment, without what stabilizes it. None is empty.
struct WeightSpells {
  std::span<double> from, to, weight;
  std::span<std::uint32_t> patient;
  std::span<std::uint8_t> event;  // whether the spell ends with the patient's event
};

/// Of a group with more than `most_steps` different times since eligible at which somebody changes, weights change at
/// so many, each of several at once, at the time in their middle.
WeightSpells weight_spells(const ChangingPatients& patients, const SwitchingWeights& weights, std::size_t most_steps,
                           Arena& arena);

/// Sums over the patients at risk at a time with events, of each group.
struct WeightedRiskSet {
  double time;
  std::array<double, 2> at_risk, events;  // of weights
  std::array<bool, 2> last;               // whether everybody at risk has the event
};

/// At all times with events, ascending.
std::span<WeightedRiskSet> weighted_risk_sets(const ChangingPatients& patients, const WeightSpells& spells,
                                              Arena& arena);

}  // namespace oligosim

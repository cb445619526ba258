#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Two groups of whose patients some change treatment, one element a patient, in any order. Who changes is followed
/// until then: the event of somebody who changed before it is none.
struct ChangingPatients {
  std::span<const double> time;  // to the event, the end of follow-up or the change of treatment, from 0
  std::span<const std::uint8_t> event;
  std::span<const std::uint8_t> changed;  // whether it ends by the change
  std::span<const double> eligible;       // from when on the patient might change; infinity: never. Who changes before
                                          // it has no part in the model of changes
  std::span<const std::uint8_t> group;    // 0, 1
  std::span<const double> covariates;     // of the model of changes, column by column
  std::size_t columns = 0;
  bool near_ties = false;  // of a file: times that differ by rounding alone are the same, also as sums and differences
};

/// A cumulative hazard that steps at ascending times.
struct StepHazard {
  std::span<const double> time, hazard;

  /// Up to a time, but without a step on it.
  double before(double t) const;
};

/// One over the probability that somebody still at risk has not changed treatment, given the covariates (Robins and
/// Finkelstein 2000). In each group in which somebody does, changes are a Cox model, with Efron's ties, of the time
/// since the patient became eligible; the probability is exp(-H), with Efron's hazard, as R's survfit of that model. It
/// is that of the changes before a time: what happens on the same day came first.
struct SwitchingWeights {
  std::array<StepHazard, 2> changes;   // of each group, by time since eligible, of who has the relative risk 1
  std::array<StepHazard, 2> marginal;  // by time since randomization, whoever is at risk
  std::span<const double> risk;        // relative, of each patient
  Status status = Status::ok;
};

/// Columns that tell nobody at risk apart, or are combinations of others, are left out. Status: `separation` where a
/// group's model of changes has no maximum, or everybody in it changes as soon as he can: nobody tells what would have
/// become of him; `did_not_converge`.
SwitchingWeights switching_weights(const ChangingPatients& patients, Arena& arena);

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Whom a weighted comparison of two groups speaks of: all patients, patients like those of one group, or those who
/// might as well be in either (Li, Morgan and Zaslavsky 2018).
enum class TargetPopulation { all, first_group, second_group, overlap };

struct PropensityWeights {
  std::span<double> weight;  // one a row; NaN where status is not ok
  Status status = Status::ok;
};

/// Weights that make the covariates of both groups those of the target population. `group` is 0 or 1 and `probability`
/// that of being in group 1 given the covariates. all: stabilized, the share of the patient's group over the
/// probability of it (Cole and Hernan 2004); first_group, second_group: 1 there, the odds of it in the other group;
/// overlap: the probability of the other group. `separation` where somebody of the target population cannot be in the
/// other group (its probability is below 1e-6): there is nobody to compare him with.
PropensityWeights propensity_weights(std::span<const std::uint8_t> group, std::span<const double> probability,
                                     TargetPopulation target, Arena& arena);

/// Patients whose unweighted mean would be as precise: (sum w)^2 / sum w^2 over one group (Kish 1965).
double effective_patients(std::span<const std::uint8_t> group, std::span<const double> weight, std::uint8_t of);

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Survival of the standard population at one time, had all of it been in the one group, and in the other.
struct StandardizedSurvival {
  double survival[2] = {missing, missing};
  /// What each patient (in table order) adds to it per unit of his weight, to first order; the sum of squares is its
  /// variance (infinitesimal jackknife). Empty where the survival is missing.
  std::span<double> influence[2];
};

/// Survival standardized for the covariates of a Cox model, direct adjustment or g-computation (Makuch 1982; Chang,
/// Gelman and Pagano 1982): the mean over the standard population of exp(-H(t) exp(x'beta)) with the group set to 0 and
/// to 1, H Breslow's cumulative hazard. The influence holds the estimation of beta and H and the choice of the
/// patients. Column 0 of the covariates is the group, 0 or 1; no strata, no start times. `fit` is cox() of them with
/// Breslow's ties. `standard` in table order: 1 for the patients of the standard population, at least one. `times`
/// within the follow-up, one element of `out` each.
void standardized_survival(const SurvivalTable& table, const CoxCovariates& covariates, const CoxFit& fit,
                           std::span<const std::uint8_t> standard, std::span<const double> times,
                           std::span<StandardizedSurvival> out, Arena& arena);

}  // namespace oligosim

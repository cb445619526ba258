#pragma once

#include <span>
#include <vector>

#include "engine/statistics/sequential/spending.hpp"

namespace oligosim {

/// Efficacy boundaries on the z scale for looks at the information fractions given (increasing, the last
/// usually 1). `alpha` is the level of the upper tail; `symmetric`: the same boundary below, the same level there.
/// Agrees with rpact getDesignGroupSequential to 1e-6.
std::vector<double> efficacy_boundaries(const SpendingFunction& spending, double alpha,
                                        std::span<const double> information, bool symmetric = false);

/// Probability of first crossing the upper boundary at each look where the score statistic has drift
/// E z_k = drift * sqrt(information_k). A boundary of +infinity is never crossed. `symmetric`: paths below minus the
/// boundary stop as well.
std::vector<double> crossing_probabilities(std::span<const double> boundaries, std::span<const double> information,
                                           double drift, bool symmetric = false);

/// The last boundary, that with which the last look spends `level`, given those before it.
double last_boundary(std::span<const double> before, std::span<const double> information, double level, bool symmetric);

}  // namespace oligosim

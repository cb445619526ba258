#pragma once

#include <span>
#include <vector>

namespace oligosim {

/// Alpha-spending functions (Lan and DeMets 1983); one-sided level.
enum class Spending { obrien_fleming, pocock };

/// Cumulative level spent at information fraction t in [0, 1]. obrien_fleming: 2(1 - Phi(z_{alpha/2}/sqrt t)).
double spent(Spending spending, double alpha, double t);

/// One-sided efficacy boundaries on the z scale for looks at the information fractions given (increasing, the last
/// usually 1), by recursive integration of the sub-density of z (Armitage, McPherson and Rowe 1969; Jennison and
/// Turnbull 2000, ch. 19). Agrees with rpact getDesignGroupSequential to 1e-6.
std::vector<double> efficacy_boundaries(Spending spending, double alpha, std::span<const double> information);

/// Probability of first crossing the upper boundary at each look where the score statistic has drift
/// E z_k = drift * sqrt(information_k). A boundary of +infinity is never crossed.
std::vector<double> crossing_probabilities(std::span<const double> boundaries, std::span<const double> information,
                                           double drift);

}  // namespace oligosim

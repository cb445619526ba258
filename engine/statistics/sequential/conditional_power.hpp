#pragma once

#include <span>

namespace oligosim {

/// A look still to come.
struct LookAhead {
  double information;  // fraction of the planned
  double efficacy;     // z; infinity: none
};

/// Probability that z reaches the boundary at one of the looks ahead, given `z` at the information seen and a drift
/// from there on (E of an increment of z sqrt(t) = drift times that of t): stochastic curtailment over several looks
/// (Jennison and Turnbull 2000, ch. 10). Nobody stops for futility. `symmetric`: boundaries below stop, too, and do not
/// count. The looks ahead have more and more information, all more than was seen.
double conditional_power(double z, double information, std::span<const LookAhead> ahead, double drift, bool symmetric);

/// Its mean over what is known of the drift from z alone, normal about z / sqrt(information) with variance
/// 1 / information (Spiegelhalter, Freedman and Blackburn 1986, without a prior opinion).
double predictive_power(double z, double information, std::span<const LookAhead> ahead, bool symmetric);

}  // namespace oligosim

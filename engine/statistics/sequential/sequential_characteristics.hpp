#pragma once

#include <span>
#include <vector>

#include "engine/statistics/sequential/sequential_design.hpp"

namespace oligosim {

/// Probabilities of stopping at each look up to a stage, all stops observed.
struct ExitProbabilities {
  std::vector<double> efficacy, futility;
  std::vector<double> harm;  // below the lower boundary of a symmetric design
};

/// Under a drift per planned information: E z_k = drift sqrt(t_k).
ExitProbabilities exit_probabilities(const SequentialDesign& design, const SequentialStage& stage, double drift);

/// The same of the planned boundaries where the looks have other information than planned, increasing and in any unit,
/// and the boundaries stay what they are.
ExitProbabilities exit_probabilities(const SequentialDesign& design, std::span<const double> information, double drift);

/// Expected information at the end of the trial, as a fraction of the planned (average sample number over the largest).
double expected_information(const SequentialDesign& design, const SequentialStage& last, double drift);

/// The drift with which the planned looks have the power to claim efficacy; all stops observed.
double drift_for_power(const SequentialDesign& design, double power);

/// Planned information over that of a fixed design of the same level and power (Jennison and Turnbull 2000).
double inflation_factor(const SequentialDesign& design, double power);

}  // namespace oligosim

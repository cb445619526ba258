#pragma once

#include "engine/statistics/sequential/sequential_design.hpp"

namespace oligosim {

/// The smallest level of the upper tail at which z at this stage of the design would have reached its boundary, at most
/// 1/2 (Jennison and Turnbull 2000, ch. 9.4): it may be told at every look, whatever made the trial go on or stop. NaN
/// where the boundaries are no function of the level that is known here: classical ones, and those that take credit for
/// futility.
double repeated_p_value(const SequentialDesign& design, const SequentialStage& stage, double z);

}  // namespace oligosim

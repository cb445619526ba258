#pragma once

#include "engine/statistics/sequential/sequential_design.hpp"

namespace oligosim {

/// What a trial that stopped says of its drift per planned information (E z_k = drift sqrt(t_k)). NaN without a z.
struct SequentialInference {
  double p_value;          // one-sided, by the stage-wise ordering
  double median_unbiased;  // the drift under which as favourable a result has probability 1/2
  double lower, upper;     // by the same ordering
  double repeated_lower, repeated_upper;
};

/// P(as favourable a result or more) under a drift where the trial stopped at a stage with z. Stage-wise ordering
/// (Tsiatis, Rosner and Mehta 1984): efficacy at an earlier look is more favourable, futility less; at one look the
/// larger z. Futility that does not bind is taken as not foreseen.
double stagewise_probability(const SequentialStage& stopped, double z, double drift);

/// The p value, the median-unbiased estimate, the interval of the confidence given, and the repeated interval (Jennison
/// and Turnbull 2000, ch. 9) at 1 - 2 level, z -+ the boundary, which holds whatever made
/// the trial stop.
SequentialInference sequential_inference(const SequentialStage& stopped, double z, double confidence);

}  // namespace oligosim

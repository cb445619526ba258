#pragma once

#include <span>
#include <vector>

#include "engine/statistics/sequential/binomial_design.hpp"

namespace oligosim {

/// What a trial with stages says of the probability of response, by the stage-wise ordering: an outcome is higher that
/// came at a later stage, or at the same one with more responses. Limits are the probabilities at which half of
/// 1 - confidence lies beyond the outcome on either side, so that the interval holds at least `confidence` (Koyama and
/// Chen 2008 for two stages; Jennison and Turnbull 1983). The tails of p0 are those of outcomes as high or higher, and
/// as low or lower.
struct StageWiseProportion {
  double lower, upper;
  double p_higher, p_lower;  // NaN without p0
};

/// After a trial that ended at `stage` (from 0), for each number of responses 0 ... patients by then; NaN for a number
/// with which it does not end there. At most most_binomial_patients.
std::vector<StageWiseProportion> stage_wise_proportions(std::span<const BinomialStage> stages, std::size_t stage,
                                                        double p0, double confidence);

}  // namespace oligosim

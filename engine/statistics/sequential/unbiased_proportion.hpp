#pragma once

#include <span>
#include <vector>

#include "engine/statistics/sequential/binomial_design.hpp"

namespace oligosim {

/// The unbiased estimate of least variance of the probability of response after a trial with stages that ended at
/// `stage` (from 0), for each number of responses 0 ... patients by then (Jung and Kim 2004): the share, among all
/// orders of responses that come there, of those whose first patient responded. NaN for a number with which the trial
/// does not end there. At most most_binomial_patients.
std::vector<double> unbiased_proportions(std::span<const BinomialStage> stages, std::size_t stage);

}  // namespace oligosim

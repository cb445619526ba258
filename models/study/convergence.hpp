#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/montecarlo/block_log.hpp"
#include "models/study/trial_experiment.hpp"

namespace oligosim {

/// Share of trials that claim efficacy after so many replicates, with its 95 % Monte Carlo interval (Wilson).
struct ConvergencePath {
  std::string scenario;
  std::vector<double> replicates, share, lower, upper;
};

/// From the blocks that the log holds of a scenario, in block order; thinned to at most some 60 points that are equally
/// far apart on the log scale, the last always among them.
ConvergencePath convergence_of(const TrialExperiment& experiment, const BlockLog& log, std::uint32_t scenario);

}  // namespace oligosim

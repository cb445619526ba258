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

/// It from the blocks that a log keeps of a scenario, shown in block order: thinned to at most some 60 points that are
/// equally far apart on the log scale, the last always among them.
class Convergence {
 public:
  Convergence(const TrialExperiment& experiment, BlockLog::Kept kept);
  void add(const BlockSummary& block);
  const ConvergencePath& path() const { return path_; }

 private:
  ConvergencePath path_;
  std::size_t column_;
  BlockLog::Kept kept_;
  Moments claims_;
  std::size_t blocks_ = 0;
  double step_ = 1, wanted_ = 0;
};

}  // namespace oligosim

#pragma once

#include "models/study/study.hpp"

namespace oligosim {

/// What a run of a study will take, from short probes of it.
struct RunCost {
  double replicate_seconds = 0;  // of one thread, the mean over the scenarios
  double truth_seconds = 0;      // of all threads together, for the true values of all scenarios
  double megabytes = 0;          // the most memory
};

/// The scenarios are prepared.
RunCost probe_cost(const Study& study, unsigned threads);

}  // namespace oligosim

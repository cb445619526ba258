#pragma once

#include <vector>

#include "models/stress/finding.hpp"

namespace oligosim {

/// Studies like the published one in which the grouping does nothing, but is known only after time zero.
struct GuaranteeTimeResult {
  std::vector<double> hazard_ratios;  // of the studies that have one
  double studies = 0;                 // all of them
  double significant = 0;             // two-sided at alpha, in the direction of the published ratio
  double as_extreme = 0;              // at least as far from 1 as the published ratio, on its side
};

/// Simulates them: the disease model response_timing, where response has nothing to do with prognosis and does nothing;
/// visits and accrual of Song et al. (2025); shares of the groups as published. The same numbers for any number of
/// threads.
GuaranteeTimeResult simulate_guarantee_time(const PublishedFinding& finding, double alpha, unsigned threads);

}  // namespace oligosim

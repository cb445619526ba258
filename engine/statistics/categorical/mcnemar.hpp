#pragma once

#include <cstdint>

#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Patients by a yes/no outcome before and after.
struct PairedCounts {
  std::uint32_t both = 0;
  std::uint32_t before_only = 0;
  std::uint32_t after_only = 0;
  std::uint32_t neither = 0;
};

/// Share after minus share before, n = patients. p_value: McNemar's test, exact (binomial on the pairs that differ; 1
/// if none does). lower, upper: square-and-add of Wilson's limits with the correlation of the pairs (Newcombe 1998,
/// method 10: a positive correlation is lessened by n / 2 in its numerator, and it is 0 where a margin is).
/// standard_error: Wald. signed_statistic: see signed_score, positive where the share rises. No patients:
/// `empty_group`.
Estimate paired_difference(const PairedCounts& counts, double confidence);

}  // namespace oligosim

#pragma once

#include "engine/statistics/estimate.hpp"
#include "models/stress/finding.hpp"

namespace oligosim {

/// What the printed numbers of a finding imply. NaN: they do not say.
struct Evidence {
  double log_ratio = missing;                                   // of p alone: above 0, its direction unknown
  bool direction_known = true;                                  // false: worked out from p, groups and events
  double standard_error = missing;                              // of the log ratio
  double error_lowest = missing, error_highest = missing;       // what rounding of the limits leaves open
  double lower = missing, upper = missing;                      // limits of the ratio, at PublishedFinding::level
  double p = missing, p_lowest = missing, p_highest = missing;  // two-sided, from ratio and error, or of the table
  double implied_events = missing;  // that give this standard error in groups of these sizes (Schoenfeld 1983)
  double patients = missing, events = missing;

  /// Whether the two printed numbers can go with each other; true where one of them is not printed.
  bool p_agrees = true;       // with ratio and interval
  bool centre_agrees = true;  // ratio in the middle of its interval on the log scale
  bool events_agree = true;   // error not below 2 / sqrt(events), which no comparison of two groups undercuts
};

Evidence evidence_of(const PublishedFinding& finding);

}  // namespace oligosim

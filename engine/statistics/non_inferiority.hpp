#pragma once

namespace oligosim {

// Non-inferiority on the log scale of a ratio whose larger values are worse; tests one-sided at alpha. The estimate is
// normal around the true log ratio.

/// P(upper limit of the one-sided 1 - alpha interval below the margin).
double noninferiority_probability(double log_ratio, double log_margin, double standard_error, double alpha);

/// The margin, as a log, that is shown with this probability.
double shown_log_margin(double log_ratio, double standard_error, double alpha, double probability);

/// Events of a trial that shows the margin with this probability (Schoenfeld 1983): (1 + r)^2 / r (z_alpha + z_beta)^2
/// / (log margin - log ratio)^2, where r is the allocation ratio of the two groups. Infinity where the true ratio is
/// not below the margin.
double noninferiority_events(double log_ratio, double log_margin, double alpha, double probability,
                             double allocation = 1);

}  // namespace oligosim

#pragma once

#include <span>

#include "engine/resampling/intervals.hpp"

namespace oligosim {

/// Estimate -+ z times the jackknife standard error (Tukey 1958), with strata that of Davison and Hinkley
/// (1997, 2.7.3): variance sum over strata of (n - 1) / n times the sum of squares about the stratum's mean, bias sum
/// of (n - 1) (that mean - estimate). `without`: the statistic without each unit. A value that is missing or infinite
/// counts as degenerate and leaves no limits: no_estimate. n_used: units.
BootstrapInterval jackknife_interval(double estimate, std::span<const double> without, const ResampleFrame& frame,
                                     double confidence);

}  // namespace oligosim

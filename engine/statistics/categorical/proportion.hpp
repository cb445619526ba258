#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Two-sided binomial intervals; the first is R's binom.test (Clopper and Pearson 1934).
enum class ProportionInterval { clopper_pearson, wilson, jeffreys, mid_p, agresti_coull, wald };

/// x successes of n with the interval asked for; n = 0: `empty_group`. Standard error sqrt(p(1-p)/n). Jeffreys:
/// equal-tailed Beta(x + 1/2, n - x + 1/2), lower 0 at x = 0 and upper 1 at x = n (Brown, Cai and DasGupta 2001).
Estimate proportion(double successes, double n, ProportionInterval interval, double confidence);

/// How an interval does at n patients and a true proportion, enumerated over all outcomes: no simulation.
struct ProportionCoverage {
  double coverage = 0;
  double miss_below = 0;  // the truth lies below the lower limit
  double miss_above = 0;

  /// One outcome, of this probability.
  void add(const Estimate& e, double truth, double probability) {
    (truth < e.lower ? miss_below : truth > e.upper ? miss_above : coverage) += probability;
  }
};
ProportionCoverage proportion_coverage(std::size_t n, double truth, ProportionInterval interval, double confidence);
/// The same for several truths, whose outcomes have the same intervals.
std::vector<ProportionCoverage> proportion_coverage(std::size_t n, std::span<const double> truths,
                                                    ProportionInterval interval, double confidence);

}  // namespace oligosim

#pragma once

#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/statistics/categorical/proportion.hpp"

namespace oligosim {

/// A share of patients as printed: so many of so many.
struct PublishedProportion {
  std::string name, what, source;
  std::size_t responses = 0, patients = 0;
};

PublishedProportion read_published_proportion(ConfigNode node, const std::string& name);

/// One kind of 95 % interval: its limits at the printed number, and how often it holds the truth in as many patients,
/// by enumeration (Brown, Cai and DasGupta 2001): if the truth is the printed share, and over a grid of truths.
struct IntervalOfProportion {
  std::string kind;
  double lower = missing, upper = missing;
  ProportionCoverage as_printed;
  std::vector<ProportionCoverage> over_grid;  // one for each of coverage_grid()
  double least = missing, least_at = missing, mean = missing;
};

/// 0.005, 0.01 ... 0.995
std::vector<double> coverage_grid();

std::vector<IntervalOfProportion> intervals_of(const PublishedProportion& proportion);

/// A share with its intervals.
struct ProportionResult {
  PublishedProportion proportion;
  std::vector<IntervalOfProportion> intervals;
};
std::vector<ProportionResult> results_of(const std::vector<PublishedProportion>& proportions);

/// `proportion, patients, responses, interval, lower, upper, coverage, miss_below, miss_above, least_coverage,
/// least_at, mean_coverage`
std::string proportions_csv(const std::vector<ProportionResult>& results);
/// `patients, interval, probability, coverage, miss_below, miss_above`: of each number of patients
std::string proportion_coverage_csv(const std::vector<ProportionResult>& results);

}  // namespace oligosim

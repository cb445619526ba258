#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/categorical/proportion.hpp"
#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// One kind of interval of a number, as it did in a scenario.
struct IntervalKind {
  std::string name;
  Measure coverage, miss_below, miss_above;
  double width = missing;                        // mean of the finite ones; log scale for ratios
  double not_reached = missing;                  // share with an infinite limit
  double coverage_reached = missing;             // of the others
  double not_made = missing;                     // share of the replicates without an interval
  std::optional<ProportionCoverage> enumerated;  // of a proportion, if every patient is evaluable
  bool holds = false;                            // its coverage is not below the nominal one by more than a point
};

/// The kinds of interval that a plan makes for one number, and the one to take: of those that hold their level (within
/// two Monte Carlo errors) and can be made in 99 % of the replicates, the one whose tails, each on its own, miss most
/// nearly half of what they may; of equals the narrowest. `best` is empty where none holds.
struct IntervalChoice {
  std::string scenario;
  EstimateLabel label;  // `interval` empty
  std::vector<IntervalKind> kinds;
  std::optional<std::size_t> best;
};

/// All numbers with several kinds of interval and a true value, in the order of the plan, scenario by scenario.
std::vector<IntervalChoice> choose_intervals(const Study& study, std::span<const SummaryRow> rows);

/// intervals.csv: one row a kind, `recommended` 1 for the one to take.
std::string intervals_csv(std::span<const IntervalChoice> choices);

}  // namespace oligosim

#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/study/interval_choice.hpp"
#include "models/study/sanity.hpp"
#include "models/study/study.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

/// What the page says of a run besides its numbers.
struct RunFacts {
  std::uint64_t replicates = 0;  // done, of each scenario
  bool partial = false;
  std::string program;  // name, version, revision
  std::string study_hash;
  std::string command;  // that makes this run again
};

/// The report of a run: verdict first, then the design, operating characteristics, estimates, the check of the
/// simulated patients against what was published, method, and how to make it again.
std::string study_page(const Study& study, std::span<const SummaryRow> rows, std::span<const IntervalChoice> intervals,
                       std::span<const SanityRow> sanity, const RunFacts& facts);

/// "0.8123 (0.8045 to 0.8199)"
std::string with_interval(const Measure& measure, int digits);

}  // namespace oligosim

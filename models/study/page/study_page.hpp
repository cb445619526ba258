#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/study/convergence.hpp"
#include "models/study/interval_choice.hpp"
#include "models/study/replicate_sample.hpp"
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

/// What a run gave.
struct StudyResults {
  std::vector<SummaryRow> rows;
  std::vector<IntervalChoice> intervals;
  std::vector<SanityRow> sanity;
  std::vector<SanityCurves> sanity_curves;
  std::vector<ConvergencePath> convergence;  // of each scenario
  std::vector<ReplicateSample> samples;      // of each scenario; none: no pictures of single trials
  std::vector<ExampleTrial> examples;        // of one scenario ...
  std::string examples_of;                   // ... this one
  std::string r_code;                        // that computes the design anew; empty: none
};

/// The report of a run, answer first: verdict, the design drawn, operating characteristics, estimates and their
/// intervals, single trials, the check of the simulated patients against what was published, whether there are enough
/// replicates, method, and how to make it again.
std::string study_page(const Study& study, const StudyResults& results, const RunFacts& facts);

/// "0.8123 (0.8045 to 0.8199)"
std::string with_interval(const Measure& measure, int digits);

}  // namespace oligosim

#pragma once

#include <string>

#include "models/size/size_search.hpp"

namespace oligosim {

/// size.csv: every size that was simulated, with what was wanted, by formula, and what the trial takes; one row a
/// metric.
std::string size_csv(const SizedStudy& study, const SizeResult& result);
/// summary.csv: one row a scenario, and one for all of them.
std::string size_summary_csv(const SizedStudy& study, const SizeResult& result);
/// Both in one.
std::string size_json(const SizedStudy& study, const SizeResult& result);

/// One row of size.csv.
struct SizeRow {
  const char* metric;
  Measure measure;
  double formula = missing;
};
/// What is said of a scenario at one size, in the order of the file.
std::vector<SizeRow> size_rows(const SizedStudy& study, const SizePoint& point, double formula);

/// "patients" or "events"
std::string counted_in(const SizeWanted& wanted);
/// "a power of 80 %", "an interval of hazard_ratio (cox) 0.3 wide on average, on the log scale"
std::string wanted_text(const SizeWanted& wanted);
/// What was found, in one sentence.
std::string size_verdict(const SizedStudy& study, const SizeResult& result);
/// "randomization in blocks of 4; events go in proportion": how a size becomes a study.
std::string size_rule(const SizedStudy& study);
/// What `oligosim size` will look for, with the sizes of a formula; one line each.
std::string size_text(const SizedStudy& study);

}  // namespace oligosim

#pragma once

#include <string>
#include <vector>

#include "models/stress/evidence.hpp"
#include "models/stress/finding.hpp"
#include "models/stress/guarantee_time.hpp"

namespace oligosim {

/// One number of stress.csv.
struct StressRow {
  std::string quantity;
  double at = missing;  // the true ratio, the margin, ... that it belongs to
  double value = missing;
  double mcse = missing;  // of a simulated number
};

/// One statement in plain words.
struct Verdict {
  std::string topic;
  std::string sentence;
};

/// What a study with this standard error shows, along true ratios.
struct StressCurves {
  std::vector<double> ratio, power, replication, exaggeration, wrong_sign;
};

/// What a finding is worth.
struct StressResult {
  PublishedFinding finding;
  Evidence evidence;
  std::vector<Verdict> verdicts;
  std::vector<StressRow> rows;
  StressCurves curves;         // empty without a standard error
  double plausible = missing;  // the ratio that sentences take
  std::optional<GuaranteeTimeResult> guarantee_time;

  /// A number of `rows`; NaN if there is none.
  double value(const std::string& quantity, double at = missing) const;
};

StressResult stress_test(const Findings& all, const PublishedFinding& finding, unsigned threads);

/// `finding, quantity, at, value, mcse`.
std::string stress_csv(const std::vector<StressResult>& results);

}  // namespace oligosim

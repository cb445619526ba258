#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/io/yaml.hpp"
#include "models/stress/published_proportion.hpp"

namespace oligosim {

/// A number as printed: what it stands for is within half a unit of its last digit.
struct Printed {
  double value = 0, half_unit = 0;
  double lowest() const { return value - half_unit; }
  double highest() const { return value + half_unit; }
};

enum class RatioKind { hazard_ratio, odds_ratio, risk_ratio };

/// Yes and no among the patients of two groups.
struct PublishedTable {
  std::array<std::uint32_t, 2> events, patients;
};

/// What the simulation of a grouping that is known only after time zero rests on (response_timing).
struct GuaranteeTime {
  double by_month = 11.2, progressed = 0.5;
  double best_median_months = 5.3, not_evaluable_early = 0.4;
  bool at_progression = true;  // what the scan that shows the progression shows counts too
  std::size_t enrolled = 0;    // patients of a study, those not evaluable among them
  std::uint32_t replicates = 4000;
  std::uint64_t seed = 20250611;
};

/// A published comparison of two groups, as printed.
struct PublishedFinding {
  std::string name, what, source;
  std::vector<std::string> studies;  // files that simulate it with patients
  RatioKind kind = RatioKind::hazard_ratio;
  std::optional<Printed> ratio, lower, upper, p;
  std::optional<PublishedTable> table;
  std::optional<std::array<double, 2>> groups;  // patients
  std::optional<double> events;                 // in both groups together
  double level = 0.95;                          // of the interval
  std::uint32_t looked_at = 1;                  // subgroups or comparisons of this kind
  std::vector<double> plausible;                // true ratios worth considering
  std::vector<double> margins;                  // of non-inferiority; empty: no such claim
  bool common_outcome = true;
  std::optional<GuaranteeTime> guarantee_time;  // where the grouping is known only after time zero
};

/// A file of findings.
struct Findings {
  std::string title;
  double alpha = 0.05;                 // two-sided
  double noninferiority_alpha = 0.05;  // one-sided
  double power = 0.8;
  std::vector<PublishedFinding> findings;
  std::vector<PublishedProportion> proportions;
  YamlNode document;  // with every default written out
};

/// Reads a document of findings. Mistakes go to `problems`.
Findings read_findings(const YamlNode& tree, Problems& problems);

/// Reads a finding file. Throws InputError with all mistakes.
Findings load_findings(const std::filesystem::path& file);

}  // namespace oligosim

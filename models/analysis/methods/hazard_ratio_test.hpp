#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "models/analysis/analysis.hpp"

namespace oligosim {

/// Beside Analysis, of those whose first number tests a hazard ratio of two groups.
class HazardRatioTest {
 public:
  virtual ~HazardRatioTest() = default;
  /// The hazard ratio of the null hypothesis; nothing where the entry, as written, tests something else.
  virtual std::optional<double> null_ratio() const = 0;
  /// COLUMN=LEVEL of the group whose hazard is over the other's.
  virtual std::string compared() const = 0;

  /// Whether the information of the statistic is the number of events, as of every test without weights.
  virtual bool grows_with_events() const { return true; }

  /// COLUMN=LEVEL of the other group, of a score as that of the log-rank test: known also where one group has no
  /// events, and what is added to it later is independent of what it was. Empty for other tests.
  virtual std::string scored_against() const { return ""; }

  /// Positions in PlanParts.
  struct Compared {
    std::size_t endpoint, factor;
  };
  /// What is compared where this is the log-rank test of all patients in two groups, without strata and weights.
  virtual std::optional<Compared> plain_log_rank() const { return {}; }
};

/// An analysis that tests a hazard ratio; null if it tests something else.
inline const HazardRatioTest* ratio_test(const Analysis& analysis) {
  const auto* test = dynamic_cast<const HazardRatioTest*>(&analysis);
  return test && test->null_ratio() ? test : nullptr;
}

/// The same of the arms of a trial.
inline const HazardRatioTest* test_of_arms(const Analysis& analysis) {
  const HazardRatioTest* test = ratio_test(analysis);
  return test && test->compared().starts_with("arm=") ? test : nullptr;
}

}  // namespace oligosim

#pragma once

#include <optional>

#include "models/study/scenario.hpp"

namespace oligosim {

/// The primary analysis of a scenario where it is the plain log-rank test of the two arms of the trial: from the
/// simulated patients, to the bit what the plan says of their data cut, which is not made.
class ArmsLogRank {
 public:
  /// Nothing where the primary analysis is another.
  static std::optional<ArmsLogRank> of(const Scenario& scenario);

  Estimate on(double day, const Trial& trial, const Patients& patients, Arena& arena) const {
    return log_rank_test(trial.two_arms(patients, endpoint_, day, arena), arena);
  }

  std::size_t endpoint() const { return endpoint_; }

 private:
  explicit ArmsLogRank(std::size_t endpoint) : endpoint_(endpoint) {}

  std::size_t endpoint_;  // of the disease model
};

}  // namespace oligosim

#pragma once

#include <span>

#include "models/study/trial_row.hpp"
#include "models/study/trial_under_way.hpp"
#include "models/study/truth.hpp"

namespace oligosim {

/// A trial at its end, and what its numbers are held against.
struct EndedTrial {
  const Scenario& scenario;
  const TrialUnderWay& trial;
  const Patients& patients;
  std::span<const EstimateLabel> labels;
  std::span<const Estimate> estimates;  // one a label
  std::span<const TrueValue> truths;    // one a label
  double one_sided_bound;               // normal quantile of 1 - alpha

  /// NaN where there is no such number: an estimate that could not be computed, a course that was not taken.
  double measured(const RowColumn& column) const;

 private:
  double of_design(Measured measured, int look) const;
  double of_estimate(const RowColumn& column) const;
  double of_hypotheses(const RowColumn& column) const;
  double of_course(const RowColumn& column) const;
  bool rejects(const Estimate& e) const;
  bool any_rejects(const Family& family) const;
};

}  // namespace oligosim

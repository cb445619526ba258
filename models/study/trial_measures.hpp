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
  const Truths& truths;
  double one_sided_bound;  // normal quantile of 1 - alpha

  /// NaN where there is no such number: an estimate that could not be computed, a course that was not taken.
  double measured(const RowColumn& column) const;

 private:
  double of_design(Measured measured, int look) const;
  double at_end_of(int look, Measured measured) const;
  double of_estimate(const RowColumn& column, std::span<const Estimate> all) const;
  double of_hypotheses(const RowColumn& column) const;
  double of_course(const RowColumn& column) const;
  bool rejects(const Estimate& e) const;
  bool any_rejects(const Family& family, std::span<const Estimate> all) const;
  /// By the end of a look (0: of the trial), of labels; empty where the trial was over before.
  std::span<const Estimate> estimates_at(int look) const { return look == 0 ? estimates : trial.estimates_at(look); }
};

}  // namespace oligosim

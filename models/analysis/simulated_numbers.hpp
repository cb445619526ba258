#pragma once

#include <cstddef>
#include <vector>

#include "models/analysis/analysis.hpp"
#include "models/analysis/resampled_rows.hpp"

namespace oligosim {

/// The numbers of a plan in simulated cohorts: what the parametric bootstrap has in the place of resamples.
class SimulatedNumbers {
 public:
  SimulatedNumbers(std::vector<EstimateLabel> labels, std::size_t cohorts)
      : labels_(std::move(labels)),
        cohorts_(cohorts),
        value_(labels_.size() * cohorts, missing),
        variance_(labels_.size() * cohorts, missing),
        truth_(labels_.size() * cohorts, missing),
        truth_variance_(labels_.size() * cohorts, missing) {}

  const std::vector<EstimateLabel>& labels() const { return labels_; }
  std::size_t cohorts() const { return cohorts_; }
  void put(std::size_t cohort, std::size_t label, const Estimate& e) {
    value_[label * cohorts_ + cohort] = value_of(e, labels_[label]);
    variance_[label * cohorts_ + cohort] = e.standard_error * e.standard_error;
  }

  /// The true value of the number in the model that simulated the cohort, and its own standard error.
  void put_truth(std::size_t cohort, std::size_t label, double value, double standard_error) {
    truth_[label * cohorts_ + cohort] = value;
    truth_variance_[label * cohorts_ + cohort] = standard_error * standard_error;
  }

  /// The numbers of `wanted` in the first out.count cohorts; those of a label that the cohorts have not are left as
  /// they are.
  void copy(const std::vector<EstimateLabel>& wanted, const ResampledValues& out) const {
    copy(value_, variance_, wanted, out);
  }
  /// Their true values in the same way.
  void copy_truths(const std::vector<EstimateLabel>& wanted, const ResampledValues& out) const {
    copy(truth_, truth_variance_, wanted, out);
  }

 private:
  void copy(const std::vector<double>& value, const std::vector<double>& variance,
            const std::vector<EstimateLabel>& wanted, const ResampledValues& out) const;

  std::vector<EstimateLabel> labels_;
  std::size_t cohorts_;
  std::vector<double> value_, variance_, truth_, truth_variance_;  // [label * cohorts + cohort]
};

}  // namespace oligosim

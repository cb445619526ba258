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
        variance_(labels_.size() * cohorts, missing) {}

  const std::vector<EstimateLabel>& labels() const { return labels_; }
  std::size_t cohorts() const { return cohorts_; }
  void put(std::size_t cohort, std::size_t label, const Estimate& e) {
    value_[label * cohorts_ + cohort] = value_of(e, labels_[label]);
    variance_[label * cohorts_ + cohort] = e.standard_error * e.standard_error;
  }

  /// The true value of the number in the model that simulated the cohort, and the standard error of such values.
  void put_truth(std::size_t cohort, std::size_t label, double value, double standard_error) {
    if (truth_.empty()) truth_.assign(value_.size(), missing), truth_error_.assign(labels_.size(), missing);
    truth_[label * cohorts_ + cohort] = value;
    truth_error_[label] = standard_error;
  }

  /// The numbers of `wanted` in the first out.count cohorts; those of a label that the cohorts have not are left as
  /// they are.
  void copy(const std::vector<EstimateLabel>& wanted, const ResampledValues& out) const {
    copy(value_, cohorts_, wanted, out.count, out.value);
    if (!out.variance.empty()) copy(variance_, cohorts_, wanted, out.count, out.variance);
  }
  /// Their true values, which were put, in the same way; `error`: one a label.
  void copy_truths(const std::vector<EstimateLabel>& wanted, const ResampledValues& out,
                   std::span<double> error) const {
    copy(truth_, cohorts_, wanted, out.count, out.value);
    copy(truth_error_, 1, wanted, 1, error);
  }

 private:
  /// `each`: numbers of a label in `from`, of which the first `count` are copied.
  void copy(const std::vector<double>& from, std::size_t each, const std::vector<EstimateLabel>& wanted,
            std::size_t count, std::span<double> out) const;

  std::vector<EstimateLabel> labels_;
  std::size_t cohorts_;
  std::vector<double> value_, variance_;  // [label * cohorts + cohort]
  std::vector<double> truth_;             // the same; empty where nobody put them
  std::vector<double> truth_error_;       // one a label
};

}  // namespace oligosim

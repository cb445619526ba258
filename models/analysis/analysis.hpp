#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"
#include "models/analysis/plan_data.hpp"

namespace oligosim {

/// What one number of an analysis is: the key columns of estimates.csv and summary.csv.
struct EstimateLabel {
  std::string analysis;
  std::string method;
  std::string endpoint;
  std::string population;
  std::string group;
  std::string term;
  std::string parameter;
  double at = missing;   // month or probability
  std::string interval;  // kind of lower and upper; empty if there are none

  bool ratio = false;      // summarized on the log scale
  bool log_scale = false;  // the numbers are logs of a ratio already
  bool tested = false;     // has a p value that power is reported for
  bool two_groups = false;  // its signed statistic compares two groups: a design can stop on it
  bool unbounded = false;  // where not reached it counts as infinite (a quantile), rather than missing
  bool estimated = true;   // has an estimate (a test alone has none)
};

/// One entry of the plan, bound to the columns of a data set. Const: shared by all threads.
class Analysis {
 public:
  virtual ~Analysis() = default;
  const std::string& name() const { return name_; }
  const std::vector<EstimateLabel>& labels() const { return labels_; }
  /// Fills one estimate a label.
  virtual void evaluate(PlanData& data, Arena& arena, std::span<Estimate> out) const = 0;

 protected:
  std::string name_;
  std::vector<EstimateLabel> labels_;
};

}  // namespace oligosim

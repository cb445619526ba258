#pragma once

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "models/study/summary.hpp"

namespace oligosim {

/// The rows of a summary of one estimate, with its kind of interval, in one scenario at the end of the trial.
class EstimateRows {
 public:
  EstimateRows(std::span<const SummaryRow> rows, const std::string& scenario, const EstimateLabel& label) {
    for (const SummaryRow& r : rows)
      if (r.scenario == scenario && r.look == "final" && r.label.interval == label.interval &&
          same_number(r.label, label))
        own_.push_back(&r);
  }

  /// nullptr if there is none; a threshold of NaN is any.
  const SummaryRow* find(const std::string& metric, double threshold = missing) const {
    for (const SummaryRow* r : own_)
      if (r->metric == metric && (r->threshold == threshold || std::isnan(threshold))) return r;
    return nullptr;
  }

 private:
  std::vector<const SummaryRow*> own_;
};

}  // namespace oligosim

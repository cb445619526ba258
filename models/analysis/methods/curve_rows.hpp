#pragma once

#include <span>
#include <string>
#include <vector>

#include "models/analysis/analysis.hpp"
#include "models/analysis/methods/distinct_numbers.hpp"

namespace oligosim {

/// Rows of curves that have no limits but a bootstrap's: for each group survival at each month, then each quantile.
class CurveRows {
 public:
  /// Reads `at_months`, none unless said, and `quantiles`, the median unless said.
  explicit CurveRows(ConfigNode& entry)
      : months_(distinct_numbers(entry, "at_months", Range::at_least(0), std::vector<double>{})),
        quantiles_(distinct_numbers(entry, "quantiles", Range::inside(0, 1), std::vector<double>{0.5})) {}

  std::size_t of_a_group() const { return months_.size() + quantiles_.size(); }

  void add_labels(EstimateLabel label, const std::vector<std::string>& groups,
                  std::vector<EstimateLabel>& labels) const {
    for (const std::string& name : groups) {
      label.group = name;
      label.parameter = "survival", label.unbounded = false, label.share = true;
      for (const double month : months_) label.at = month, labels.push_back(label);
      label.parameter = "quantile", label.unbounded = true, label.share = false;
      for (const double p : quantiles_) label.at = p, labels.push_back(label);
    }
  }

  /// Those of one group. `survival` and `quantile`: the curve at a time and its quantile, in the unit of its times, of
  /// which `unit` are a month; of `n` patients with so many events.
  template <class Survival, class Quantile>
  void put(const Survival& survival, const Quantile& quantile, double unit, double n, double n_events,
           std::span<Estimate> out) const {
    std::size_t row = 0;
    const auto put_one = [&](const Estimate& e, double per) {
      Estimate& own = out[row++];
      own = {.estimate = e.estimate / per, .status = e.status};
      own.n = n, own.n_events = n_events;
    };
    for (const double month : months_) put_one(survival(month * unit), 1);
    for (const double p : quantiles_) put_one(quantile(p), unit);
  }

 private:
  std::vector<double> months_, quantiles_;
};

}  // namespace oligosim

#pragma once

#include <span>
#include <vector>

#include "engine/io/config.hpp"

namespace oligosim {

/// The survival that patients are held against: `{median_months: M}` exponential, `{median_months: M, shape: K}`
/// Weibull, or `{months: [...], survival: [...]}`, with a constant hazard from each month to the next, the last one
/// going on.
class HistoricalCurve {
 public:
  HistoricalCurve() = default;
  /// Mistakes go to the node's Problems.
  explicit HistoricalCurve(ConfigNode node);

  double cumulative_hazard(double month) const;
  /// Its derivative, per month.
  double hazard(double month) const;
  /// Months from which on that is another.
  std::span<const double> breaks() const { return month_; }

 private:
  void read_points(ConfigNode& node);
  std::size_t stretch(double month) const;  // its end among month_

  double median_ = 1, shape_ = 1;
  std::vector<double> month_, hazard_;  // cumulative, from 0 at 0; empty for a Weibull curve
};

}  // namespace oligosim

#pragma once

#include "engine/io/config.hpp"

namespace oligosim {

/// What is believed of a parameter before the published figures are seen: a distribution, cut off outside its bounds.
/// The fit and the posterior work on the scale on which every prior is standard normal: `at` turns a standard normal
/// number into the parameter, so that bounds hold by themselves and the steps of all parameters compare.
class Prior {
 public:
  enum class Kind { normal, lognormal, beta, uniform };

  /// `first`, `second`: mean and sd; median and sd of the log; the two shapes; the ends. lower < upper, both with
  /// probability left between them.
  Prior(Kind kind, double first, double second, double lower, double upper);

  /// Reads `distribution`, its numbers and `between` of a parameter's mapping.
  static Prior read(ConfigNode& node);

  /// The parameter at the standard normal number u; u beyond +-8 is taken as +-8.
  double at(double u) const;
  /// Its inverse; a value outside the bounds is taken as the nearest within.
  double coordinate(double value) const;
  double lower() const { return lower_; }
  double upper() const { return upper_; }

 private:
  double cdf(double value) const;
  double quantile(double p) const;

  Kind kind_;
  double first_, second_, lower_, upper_;
  bool cut_;           // bounds leave something out
  double below_ = 0;   // probability below the lower bound
  double within_ = 1;  // and between the two
};

}  // namespace oligosim

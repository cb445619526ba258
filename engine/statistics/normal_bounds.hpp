#pragma once

namespace oligosim {

/// Between them lies normal_quantile() of a probability in (0, 1).
struct QuantileBounds {
  double lower, upper;
};

/// Looked up, close by but in the tails: for those who ask on which side of a number the quantile is.
QuantileBounds normal_quantile_bounds(double p);

}  // namespace oligosim

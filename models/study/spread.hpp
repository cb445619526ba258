#pragma once

#include <vector>

namespace oligosim {

/// The value that a share p of them does not exceed; NaN of none.
double quantile_of(std::vector<double> values, double p);

/// Of a number in several trials: mean with its Monte Carlo standard error (NaN of one), and the range that leaves a
/// share `tail` out on either side.
struct Spread {
  double mean, mcse, lower, upper;
};
Spread spread_of(const std::vector<double>& values, double tail = 0.05);

}  // namespace oligosim

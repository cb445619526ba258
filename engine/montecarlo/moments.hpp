#pragma once

#include <cstdint>

namespace oligosim {

/// Count, mean and central moments of the values that are not NaN, and the count of those that are.
/// Infinite values are counted in `infinite` and otherwise left out. The third and fourth moments are what the
/// error of a mean squared error needs, where the truth is known only after the run.
struct Moments {
  std::uint64_t n = 0;
  std::uint64_t missing = 0;
  std::uint64_t infinite = 0;
  double mean = 0;
  double m2 = 0;  // sum of (value - mean)^2
  double m3 = 0;  // sum of (value - mean)^3
  double m4 = 0;  // sum of (value - mean)^4

  void add(double value);            // Welford 1962
  void merge(const Moments& later);  // Chan, Golub and LeVeque 1983; Pebay 2008. The order of merging fixes the bits
  double variance() const;           // divisor n - 1; NaN below two values
  bool operator==(const Moments&) const = default;
};

}  // namespace oligosim

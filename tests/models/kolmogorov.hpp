#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <vector>

namespace oligosim {

/// The distance of the empirical distribution of months from 1 - survival, times sqrt(n) (Kolmogorov 1933).
inline double kolmogorov(std::span<const double> days, const std::function<double(double)>& survival) {
  std::vector<double> sorted(days.begin(), days.end());
  std::ranges::sort(sorted);
  const double size = static_cast<double>(sorted.size());
  double distance = 0;
  for (std::size_t i = 0; i < sorted.size() && sorted[i] < std::numeric_limits<double>::infinity(); ++i) {
    const double f = 1 - survival(sorted[i] / 30);
    distance = std::max(
        {distance, std::abs(f - static_cast<double>(i) / size), std::abs(f - static_cast<double>(i + 1) / size)});
  }
  return distance * std::sqrt(size);
}

inline constexpr double kolmogorov_limit = 2.225;  // exceeded with probability 1e-4

}  // namespace oligosim

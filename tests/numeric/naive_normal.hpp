#pragma once

// Multivariate normal probabilities of rank 2 by numerical integration over slices, with nothing shared with the
// engine.

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace oligosim::test::naive {

inline double phi(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

/// P(lower_i <= a_i Y1 + b_i Y2 <= upper_i for all i) with Y independent standard normal: the range left to Y2 in
/// closed form, Y1 by Simpson's rule between the places where two of the lines meet.
inline double plane_probability(const std::vector<std::array<double, 2>>& row, const std::vector<double>& lower,
                                const std::vector<double>& upper) {
  struct Line {
    double a, b, bound;  // a y1 + b y2 <= bound
  };
  std::vector<Line> lines;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!std::isinf(upper[i])) lines.push_back({row[i][0], row[i][1], upper[i]});
    if (!std::isinf(lower[i])) lines.push_back({-row[i][0], -row[i][1], -lower[i]});
  }
  const auto slice = [&](double y1) {
    double lo = -40, hi = 40;
    for (const Line& l : lines) {
      const double room = (l.bound - l.a * y1) / l.b;
      (l.b > 0 ? hi = std::min(hi, room) : lo = std::max(lo, room));
    }
    return lo < hi ? std::exp(-y1 * y1 / 2) / std::sqrt(2 * M_PI) * (phi(hi) - phi(lo)) : 0.0;
  };
  std::vector<double> cuts;
  for (double y = -9; y <= 9; y += 0.5) cuts.push_back(y);
  for (const Line& l : lines)  // steep ones cross the slices within a short way
    for (double y2 = -7; y2 <= 7; ++y2)
      if (const double y = (l.bound - l.b * y2) / l.a; std::abs(y) < 9) cuts.push_back(y);
  for (const Line& l : lines)
    for (const Line& m : lines) {
      const double y = (l.bound * m.b - m.bound * l.b) / (l.a * m.b - m.a * l.b);
      if (std::abs(y) < 9) cuts.push_back(y);
    }
  std::sort(cuts.begin(), cuts.end());
  double sum = 0;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    const double width = cuts[i + 1] - cuts[i];
    if (width < 1e-13) continue;
    constexpr int steps = 40;
    for (int s = 0; s < steps; ++s) {
      const double from = cuts[i] + width * s / steps, step = width / steps;
      sum += step / 6 * (slice(from) + 4 * slice(from + step / 2) + slice(from + step));
    }
  }
  return sum;
}

}  // namespace oligosim::test::naive

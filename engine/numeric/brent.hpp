#pragma once

#include <cmath>
#include <limits>
#include <utility>

namespace oligosim {

/// A zero of f between two points where its signs differ, by Brent's method (1973): inverse quadratic or linear
/// interpolation, else bisection, until the bracket is within `tolerance`; 0: to rounding. In the same steps as R's
/// uniroot, so that a coarse tolerance leaves the same error.
template <class F>
double brent_root(const F& f, double low, double high, double f_low, double f_high, double tolerance) {
  struct Point {
    double x, f;
  };
  Point before{low, f_low}, best{high, f_high}, other = before;  // the zero is between best and other
  if (before.f == 0.0) return before.x;
  for (int iteration = 0; iteration <= 1000; ++iteration) {
    const double last_step = best.x - before.x;
    if (std::abs(other.f) < std::abs(best.f)) {
      before = best;
      best = other;
      other = before;
    }
    const double close = 2.0 * std::numeric_limits<double>::epsilon() * std::abs(best.x) + 0.5 * tolerance;
    const double width = other.x - best.x;
    double step = 0.5 * width;
    if (std::abs(step) <= close || best.f == 0.0) return best.x;
    if (std::abs(last_step) >= close && std::abs(before.f) > std::abs(best.f)) {
      const double to_before = best.f / before.f;
      double p = width * to_before, q = 1.0 - to_before;
      if (before.x != other.x) {
        const double r = before.f / other.f, to_other = best.f / other.f;
        p = to_before * (width * r * (r - to_other) - last_step * (to_other - 1.0));
        q = (r - 1.0) * (to_other - 1.0) * (to_before - 1.0);
      }
      if (p > 0.0)
        q = -q;
      else
        p = -p;
      if (p < 0.75 * width * q - std::abs(close * q) / 2.0 && p < std::abs(last_step * q / 2.0)) step = p / q;
    }
    if (std::abs(step) < close) step = std::copysign(close, step);
    before = best;
    best.x += step;
    best.f = f(best.x);
    if ((best.f > 0.0 && other.f > 0.0) || (best.f < 0.0 && other.f < 0.0)) other = before;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace oligosim

#include "engine/montecarlo/moments.hpp"

#include <cmath>
#include <limits>

namespace oligosim {

// merge() with a single value (Pebay 2008).
void Moments::add(double value) {
  if (std::isnan(value)) {
    ++missing;
    return;
  }
  if (std::isinf(value)) {
    ++infinite;
    return;
  }
  if (n == 0) {
    n = 1;
    mean = value;
    return;
  }
  const auto before = static_cast<double>(n++);
  const auto total = static_cast<double>(n);
  const double delta = value - mean;
  const double step = delta / total;
  const double gain = delta * step * before;
  mean += step;
  m4 += gain * step * step * (total * total - 3 * total + 3) + 6 * step * step * m2 - 4 * step * m3;
  m3 += gain * step * (total - 2) - 3 * step * m2;
  m2 += gain;
}

void Moments::merge(const Moments& later) {
  missing += later.missing;
  infinite += later.infinite;
  if (later.n == 0) return;
  if (n == 0) {
    n = later.n, mean = later.mean, m2 = later.m2, m3 = later.m3, m4 = later.m4;
    return;
  }
  const auto a = static_cast<double>(n);
  const auto b = static_cast<double>(later.n);
  const double total = a + b;
  const double delta = later.mean - mean;
  const double delta2 = delta * delta;
  m4 += later.m4 + delta2 * delta2 * a * b * (a * a - a * b + b * b) / (total * total * total) +
        6 * delta2 * (a * a * later.m2 + b * b * m2) / (total * total) + 4 * delta * (a * later.m3 - b * m3) / total;
  m3 += later.m3 + delta2 * delta * a * b * (a - b) / (total * total) + 3 * delta * (a * later.m2 - b * m2) / total;
  m2 += later.m2 + delta2 * a * b / total;
  mean += delta * b / total;
  n += later.n;
}

double Moments::variance() const {
  if (n < 2) return std::numeric_limits<double>::quiet_NaN();
  return m2 / static_cast<double>(n - 1);
}

}  // namespace oligosim

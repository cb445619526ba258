#include "models/study/spread.hpp"

#include <algorithm>
#include <cmath>

#include "engine/statistics/estimate.hpp"

namespace oligosim {

double quantile_of(std::vector<double> values, double p) {
  if (values.empty()) return missing;
  const auto position = values.begin() + static_cast<std::ptrdiff_t>(p * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), position, values.end());
  return *position;
}

Spread spread_of(const std::vector<double>& values, double tail) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double x : values) sum += x;
  for (const double x : values) squares += (x - sum / n) * (x - sum / n);
  return {.mean = sum / n,
          .mcse = n > 1 ? std::sqrt(squares / (n - 1) / n) : missing,
          .lower = quantile_of(values, tail),
          .upper = quantile_of(values, 1 - tail)};
}

}  // namespace oligosim

#include "engine/statistics/rank_sum_distribution.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oligosim {

const RankSumDistribution& RankSumDistribution::table() {
  static const RankSumDistribution shared;
  return shared;
}

// The number of orders of m and n values with W = w: the largest value is of the first sample, and above n others, or
// of the second.
RankSumDistribution::RankSumDistribution() : lower_half_(limit * (limit - 1) / 2) {
  std::vector<std::vector<double>>& count = lower_half_;
  const auto orders = [&](std::size_t m, std::size_t n, std::size_t w) -> double {
    if (m == 0 || n == 0) return w == 0 ? 1.0 : 0.0;
    if (w > m * n) return 0.0;
    return count[pair(std::min(m, n), std::max(m, n))][std::min(w, m * n - w)];
  };
  for (std::size_t n = 1; n < limit; ++n) {
    for (std::size_t m = 1; m <= n; ++m) {
      std::vector<double>& own = count[pair(m, n)];
      own.resize(m * n / 2 + 1);
      for (std::size_t w = 0; w < own.size(); ++w)
        own[w] = orders(m, n - 1, w) + (w < n ? 0.0 : orders(m - 1, n, w - n));
    }
  }
  for (std::size_t n = 1; n < limit; ++n) {
    for (std::size_t m = 1; m <= n; ++m) {
      double all = 1.0;  // (m + n)! / (m! n!)
      for (std::size_t k = 1; k <= m; ++k) all *= static_cast<double>(n + k) / static_cast<double>(k);
      double sum = 0.0;
      for (double& p : count[pair(m, n)]) p = (sum += p) / all;
    }
  }
}

double RankSumDistribution::cdf(double w, std::size_t first, std::size_t second) const {
  const std::vector<double>& half = lower_half_[pair(std::min(first, second), std::max(first, second))];
  const double largest = static_cast<double>(first * second), whole = std::floor(w);
  if (whole < 0.0) return 0.0;
  if (whole >= largest) return 1.0;
  if (whole < static_cast<double>(half.size())) return half[static_cast<std::size_t>(whole)];
  return 1.0 - half[static_cast<std::size_t>(largest - whole - 1.0)];
}

double RankSumDistribution::quantile(double p, std::size_t first, std::size_t second) const {
  const std::vector<double>& half = lower_half_[pair(std::min(first, second), std::max(first, second))];
  const double target = p - 10.0 * std::numeric_limits<double>::epsilon();
  return static_cast<double>(std::lower_bound(half.begin(), half.end(), target) - half.begin());
}

}  // namespace oligosim

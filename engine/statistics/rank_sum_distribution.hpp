#pragma once

#include <cstddef>
#include <vector>

namespace oligosim {

/// Distribution of the Mann-Whitney W of two samples without ties under the null hypothesis (Mann and Whitney 1947), as
/// R's pwilcox and qwilcox, for samples below 50. Relative error 1e-13.
class RankSumDistribution {
 public:
  static constexpr std::size_t limit = 50;  // of a sample; the sizes below it are tabulated

  /// Made at the first call (about 2 million additions and 3 MiB), then shared.
  static const RankSumDistribution& table();

  /// P(W <= w), sizes from 1 to limit - 1.
  double cdf(double w, std::size_t first, std::size_t second) const;
  /// The smallest w with P(W <= w) >= p, for p up to 1/2; p is lowered by 10 epsilons as in qwilcox.
  double quantile(double p, std::size_t first, std::size_t second) const;

 private:
  RankSumDistribution();

  /// P(W <= w) for w up to the middle of its range, which is all that symmetry leaves to keep.
  std::vector<std::vector<double>> lower_half_;  // by pair of sizes, smaller first
  static std::size_t pair(std::size_t smaller, std::size_t larger) { return larger * (larger - 1) / 2 + smaller - 1; }
};

}  // namespace oligosim

#pragma once

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

namespace oligosim {

/// Largest size of a difference of two probabilities that a score test is asked about: 1 leaves no variance.
inline constexpr double furthest_difference = 1.0 - 1e-9;

/// The difference between `inside`, which the test does not reject, and `end` (+-furthest_difference), where it is just
/// rejected; +-1 if it is not rejected there either. `score(difference)`: z of the test, NaN where it has no variance;
/// `z`: the quantile of the interval's confidence, above 0.
template <class Score>
double difference_score_limit(const Score& score, double inside, double end, double z) {
  const double sign = end > inside ? -1.0 : 1.0;
  const auto excess = [&](double difference) {
    const double own = score(difference);
    return std::isnan(own) ? -z : sign * own - z;
  };
  if (std::abs(inside) >= std::abs(end) && inside * end > 0.0) return inside;
  if (!(excess(end) > 0.0)) return std::copysign(1.0, end);
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(excess, std::min(inside, end), std::max(inside, end),
                                                         boost::math::tools::eps_tolerance<double>(50), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

}  // namespace oligosim

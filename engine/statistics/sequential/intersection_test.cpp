#include "engine/statistics/sequential/intersection_test.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/numeric/multivariate_normal.hpp"
#include "engine/numeric/normal.hpp"

namespace oligosim {

double intersection_z(Intersection test, double first, double second, double correlation) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (std::isnan(first)) first = -infinity;
  if (std::isnan(second)) second = -infinity;
  const double best = std::max(first, second);
  const double twice = std::min(1.0, 2 * normal_cdf(-best));
  switch (test) {
    case Intersection::bonferroni:
      return -normal_quantile(twice);
    case Intersection::simes:
      return -normal_quantile(std::min(twice, normal_cdf(-std::min(first, second))));
    default:
      break;
  }
  if (std::isinf(best)) return best;
  if (!(correlation > 0)) correlation = 0;
  const double lower[] = {-infinity, -infinity}, upper[] = {best, best};
  const double matrix[] = {1, correlation, correlation, 1};
  return -normal_quantile(multivariate_normal(lower, upper, matrix).outside);
}

}  // namespace oligosim

#include "engine/statistics/sequential/dunnett.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/numeric/lanes.hpp"
#include "engine/numeric/normal_tail.hpp"

namespace oligosim {

double shared_control_loading(double ratio) { return std::sqrt(ratio / (1 + ratio)); }

// Given what the control shows, the arms are independent. The rule of equal steps converges faster than any power of
// the step, as all derivatives vanish at both ends.
double any_reaches(double limit, std::span<const double> loading) {
  constexpr double furthest = 9;
  const double most = std::ranges::max(loading);  // of an arm of many patients, which the control tells nearly all of
  const double step = std::min(0.2, 0.3 * std::sqrt(1 - most * most) / most);
  HalfLanes sum{};
  for (double from = -furthest; from <= furthest; from += 4 * step) {
    const HalfLanes control = HalfLanes{from, from + step, from + 2 * step, from + 3 * step};
    HalfLanes any{};
    for (const double own : loading) {
      const double scale = 1 / std::sqrt(1 - own * own);
      any += (1.0 - any) * normal_upper_tail((limit - own * control) * scale);
    }
    sum += elementary::exp(-0.5 * control * control) * any;
  }
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) * step / std::sqrt(2 * std::numbers::pi);
}

}  // namespace oligosim

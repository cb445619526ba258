#include "engine/statistics/sequential/dunnett.hpp"

#include <cmath>
#include <numbers>

#include "engine/numeric/normal_tail.hpp"

namespace oligosim {

double shared_control_loading(double ratio) { return std::sqrt(ratio / (1 + ratio)); }

// Given what the control shows, the arms are independent. The rule of equal steps converges faster than any power of the
// step, as all derivatives vanish at both ends.
double any_reaches(double limit, std::span<const double> loading) {
  constexpr double furthest = 9, step = 0.2;
  constexpr int steps = 90;
  double sum = 0;
  for (int k = 0; k <= steps; ++k) {
    const double control = -furthest + step * k;
    double none = 0;  // logarithm of the chance that no arm does
    for (const double own : loading)
      none += std::log1p(-normal_upper_tail((limit - own * control) / std::sqrt(1 - own * own)));
    sum -= std::exp(-0.5 * control * control) * std::expm1(none);
  }
  return step * sum / std::sqrt(2 * std::numbers::pi);
}

}  // namespace oligosim

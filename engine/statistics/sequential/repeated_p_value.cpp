#include "engine/statistics/sequential/repeated_p_value.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace oligosim {
namespace {

/// The same looks, as they were held, at another level.
SequentialStage at_level(const SequentialDesign& design, const SequentialStage& held) {
  std::shared_ptr<const SequentialStage> before;
  if (held.before) before = std::make_shared<const SequentialStage>(at_level(design, *held.before));
  return design.next(before, held.information, held.last);
}

}  // namespace

double repeated_p_value(const SequentialDesign& design, const SequentialStage& stage, double z) {
  if (std::isnan(z) || !design.efficacy().planned.empty() || design.binding())
    return std::numeric_limits<double>::quiet_NaN();
  // On the scale of the logarithm, as the boundary is nearly a line in its root.
  const auto excess = [&](double log_level) {
    const SequentialDesign other(design.efficacy(), {}, std::exp(log_level), design.symmetric(), {1});
    return at_level(other, stage).efficacy - z;
  };
  constexpr double lowest = -100, highest = -0.6931471805599453;  // log of 4e-44 and of 1/2
  if (!(excess(highest) < 0)) return 0.5;
  double low = -4;
  while (excess(low) <= 0 && low > lowest) low *= 1.5;
  if (excess(low) <= 0) return 0;
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(excess, low, highest,
                                                         boost::math::tools::eps_tolerance<double>(36), iterations);
  return std::exp(0.5 * (bracket.first + bracket.second));
}

}  // namespace oligosim

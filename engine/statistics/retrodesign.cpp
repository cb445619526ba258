#include "engine/statistics/retrodesign.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include "engine/numeric/brent.hpp"
#include "engine/numeric/normal.hpp"

namespace oligosim {
Retrodesign retrodesign(double effect, double standard_error, double alpha) {
  const double z = -normal_quantile(alpha / 2), shift = std::abs(effect) / standard_error;
  const double right = normal_cdf(shift - z), wrong = normal_cdf(-shift - z), power = right + wrong;
  // E(|X|; |X| > z) of X ~ N(shift, 1), each tail on its own.
  const double size = shift * (right - wrong) + normal_density(z - shift) + normal_density(z + shift);
  return {.power = power,
          .wrong_sign = wrong / power,
          .exaggeration = shift > 0 ? size / power / shift : std::numeric_limits<double>::infinity()};
}

double replication_probability(double effect, double observed, double standard_error, double alpha) {
  const double z = -normal_quantile(alpha / 2), sign = std::copysign(1.0, observed);
  return normal_cdf(sign * effect / standard_error - z);
}

double predictive_replication(double observed, double standard_error, double alpha) {
  const double z = -normal_quantile(alpha / 2);
  return normal_cdf((std::abs(observed) / standard_error - z) / std::numbers::sqrt2);
}

double detectable_effect(double standard_error, double alpha, double power) {
  const auto excess = [&](double shift) { return retrodesign(shift, 1, alpha).power - power; };
  const double high = -normal_quantile(alpha / 2) + normal_quantile(power) + 1;  // one tail alone has the power here
  return standard_error * brent_root(excess, 0.0, high, excess(0), excess(high), 0.0);
}

}  // namespace oligosim

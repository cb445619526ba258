#include "engine/statistics/sequential/conditional_power.hpp"

#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/score_paths.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

double conditional_power(double z, double information, std::span<const LookAhead> ahead, double drift, bool symmetric) {
  if (ahead.empty()) return 0;
  // What is added to the score from here on are paths of their own, in units of what is left. The drift goes into the
  // boundaries, so that it may be as large as it likes.
  const double seen = z * std::sqrt(information), left = ahead.back().information - information;
  const auto share = [&](const LookAhead& look) { return (look.information - information) / left; };
  const auto further = [&](const LookAhead& look, double boundary) {
    const double added = boundary * std::sqrt(look.information) - seen;
    return (added - drift * (look.information - information)) / std::sqrt(left);
  };
  ScorePaths paths(share(ahead.front()));
  double power = 0;
  for (std::size_t k = 0; k < ahead.size(); ++k) {
    if (k > 0) {
      const LookAhead& before = ahead[k - 1];
      const double low = symmetric ? further(before, -before.efficacy) : -infinity;
      paths = paths.next(low, further(before, before.efficacy), share(ahead[k]));
    }
    power += paths.above(further(ahead[k], ahead[k].efficacy), 0);
  }
  return power;
}

double predictive_power(double z, double information, std::span<const LookAhead> ahead, bool symmetric) {
  // The trapezoidal rule, whose error falls exponentially for a smooth function times a normal density.
  constexpr int steps = 64;
  constexpr double reach = 8, step = 2 * reach / steps;
  double sum = 0;
  for (int k = 0; k <= steps; ++k) {
    const double deviation = -reach + k * step;
    const double drift = (z + deviation) / std::sqrt(information);
    sum += step * normal_density(deviation) * conditional_power(z, information, ahead, drift, symmetric);
  }
  return sum;
}

}  // namespace oligosim

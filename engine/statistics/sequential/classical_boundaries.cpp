#include "engine/statistics/sequential/classical_boundaries.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/sequential/group_sequential.hpp"

namespace oligosim {

namespace {

std::vector<double> wang_tsiatis(double constant, double delta, std::span<const double> information) {
  std::vector<double> boundaries;
  for (const double t : information) boundaries.push_back(constant * std::pow(t, delta - 0.5));
  return boundaries;
}

double spent_by(std::span<const double> boundaries, std::span<const double> information, bool symmetric) {
  double sum = 0.0;
  for (const double p : crossing_probabilities(boundaries, information, 0.0, symmetric)) sum += p;
  return sum;
}

}  // namespace

std::vector<double> classical_boundaries(BoundaryShape shape, double parameter, double level, bool symmetric,
                                         std::span<const double> information) {
  if (shape == BoundaryShape::haybittle_peto) {
    std::vector<double> boundaries(information.size() - 1, parameter);
    const double before = spent_by(boundaries, information.first(boundaries.size()), symmetric);
    boundaries.push_back(last_boundary(boundaries, information, level - before, symmetric));
    return boundaries;
  }
  const auto excess = [&](double constant) {
    return std::log(spent_by(wang_tsiatis(constant, parameter, information), information, symmetric) / level);
  };
  // The last look alone spends the level at the fixed boundary; all looks together at most their number times it.
  const double scale = std::pow(information.back(), 0.5 - parameter);
  double low = normal_quantile(1.0 - level) * scale, high = low + 1.0;
  while (excess(high) > 0.0) high += 1.0;
  if (excess(low) <= 0.0) return wang_tsiatis(low, parameter, information);
  std::uintmax_t iterations = 200;
  const auto bracket =
      boost::math::tools::toms748_solve(excess, low, high, boost::math::tools::eps_tolerance<double>(46), iterations);
  return wang_tsiatis(0.5 * (bracket.first + bracket.second), parameter, information);
}

}  // namespace oligosim

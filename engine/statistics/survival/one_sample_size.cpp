#include "engine/statistics/survival/one_sample_size.hpp"

#include <algorithm>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

/// Events that a patient has less than expected.
double fewer(const OneSampleMoments& m) { return m.expected - m.observed; }

}  // namespace

OneSampleMoments one_sample_moments(const OneSampleCurves& curves, double horizon, std::span<const double> breaks) {
  std::vector<double> ends(breaks.begin(), breaks.end());
  std::erase_if(ends, [horizon](double t) { return t <= 0 || t >= horizon; });
  ends.push_back(0), ends.push_back(horizon);
  std::ranges::sort(ends);
  boost::math::quadrature::tanh_sinh<double> integrator;
  const auto integral = [&](const auto& integrand) {
    double sum = 0;
    for (std::size_t k = 1; k < ends.size(); ++k)
      if (ends[k] > ends[k - 1]) sum += integrator.integrate(integrand, ends[k - 1], ends[k], 1e-12);
    return sum;
  };
  const auto events = [&](double t) { return curves.uncensored(t) * curves.density(t); };
  const auto hazards = [&](double t) { return curves.uncensored(t) * curves.survival(t) * curves.hazard(t); };
  OneSampleMoments m;
  m.observed = integral(events);
  m.expected = integral(hazards);
  const double product = integral([&](double t) { return events(t) * curves.historical(t); });
  const double square = 2 * integral([&](double t) { return hazards(t) * curves.historical(t); });
  m.variance = m.observed - 2 * product + square - fewer(m) * fewer(m);
  return m;
}

double one_sample_patients(const OneSampleMoments& moments, double alpha, double power) {
  if (!(fewer(moments) > 1e-9)) return std::numeric_limits<double>::infinity();
  const double root =
      -std::sqrt(moments.expected) * normal_quantile(alpha) + std::sqrt(moments.variance) * normal_quantile(power);
  return root > 0 ? std::pow(root / fewer(moments), 2) : 0;
}

double one_sample_power(const OneSampleMoments& moments, double alpha, double patients) {
  return normal_cdf((fewer(moments) * std::sqrt(patients) + std::sqrt(moments.expected) * normal_quantile(alpha)) /
                    std::sqrt(moments.variance));
}

}  // namespace oligosim

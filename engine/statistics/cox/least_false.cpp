#include "engine/statistics/cox/least_false.hpp"

#include <algorithm>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace oligosim {

namespace {

// Ends of the stretches without a kink, 0 and the horizon among them.
std::vector<double> panel_ends(double horizon, std::span<const double> breaks) {
  std::vector<double> ends = {0.0, horizon};
  for (const double t : breaks) {
    if (t > 0.0 && t < horizon) ends.push_back(t);
  }
  std::sort(ends.begin(), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

}  // namespace

double least_false_log_hazard_ratio(const ArmDistribution& first, const ArmDistribution& second,
                                    const std::function<double(double)>& uncensored, double horizon,
                                    std::span<const double> breaks) {
  const std::vector<double> ends = panel_ends(horizon, breaks);
  // Doubly exponential: a density that is infinite at the start (Weibull shape below 1) does no harm.
  boost::math::quadrature::tanh_sinh<double> integrator;
  const auto expected_score = [&](double beta) {
    const auto integrand = [&](double t) {
      const double first_events = first.share * first.density(t);
      const double second_events = second.share * second.density(t);
      const double first_risk = first.share * first.survival(t);
      const double second_risk = second.share * second.survival(t) * std::exp(beta);
      const double risk = first_risk + second_risk;
      if (!(risk > 0.0)) return 0.0;
      return (second_events - second_risk / risk * (first_events + second_events)) * uncensored(t);
    };
    double sum = 0.0;
    for (std::size_t i = 1; i < ends.size(); ++i) sum += integrator.integrate(integrand, ends[i - 1], ends[i], 1e-13);
    return sum;
  };
  // It falls with beta. Outside +-30 the value would not be one of a trial.
  double low = -1.0, high = 1.0;
  while (low > -30.0 && !(expected_score(low) > 0.0)) low *= 2.0;
  while (high < 30.0 && !(expected_score(high) < 0.0)) high *= 2.0;
  if (!(expected_score(low) > 0.0 && expected_score(high) < 0.0)) {
    throw std::domain_error("least false hazard ratio: no finite value, one arm has no events in the follow-up");
  }
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(expected_score, low, high,
                                                         boost::math::tools::eps_tolerance<double>(48), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

}  // namespace oligosim

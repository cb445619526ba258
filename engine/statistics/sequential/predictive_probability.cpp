#include "engine/statistics/sequential/predictive_probability.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "engine/numeric/log_factorial.hpp"

namespace oligosim {
namespace {

double log_beta(double a, double b) {
  return boost::math::lgamma(a) + boost::math::lgamma(b) - boost::math::lgamma(a + b);
}

/// P(x of n more patients respond), given the parameters of the beta distribution now: beta-binomial.
double next_responses(double successes, double failures, std::size_t n, std::size_t x) {
  const double ones = static_cast<double>(x), zeros = static_cast<double>(n - x);
  return std::exp(log_choose(n, x) + log_beta(successes + ones, failures + zeros) - log_beta(successes, failures));
}

}  // namespace

std::size_t most_not_enough(const BetaRule& rule) {
  const auto certainty = [&](std::size_t responses) {
    return boost::math::ibetac(rule.prior_successes + static_cast<double>(responses),
                               rule.prior_failures + static_cast<double>(rule.patients - responses), rule.p0);
  };
  std::size_t most = rule.patients;
  while (most > 0 && certainty(most) > rule.certainty) --most;
  return most;
}

double predictive_probability(const BetaRule& rule, std::size_t responses, std::size_t patients) {
  const std::size_t left = rule.patients - patients, most = most_not_enough(rule);
  const double successes = rule.prior_successes + static_cast<double>(responses);
  const double failures = rule.prior_failures + static_cast<double>(patients - responses);
  double sum = 0;
  for (std::size_t x = 0; x <= left; ++x)
    if (responses + x > most) sum += next_responses(successes, failures, left, x);
  return sum;
}

std::optional<std::size_t> most_without_prospect(const BetaRule& rule, std::size_t patients, double stop_below) {
  std::optional<std::size_t> most;
  for (std::size_t x = 0; x <= patients && predictive_probability(rule, x, patients) < stop_below; ++x) most = x;
  return most;
}

}  // namespace oligosim

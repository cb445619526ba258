#include "engine/statistics/categorical/proportion.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <cstdint>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

struct Limits {
  double lower;
  double upper;
};

// In double throughout: several times as fast as Boost's default of long double, and the same to 1e-13.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

double beta_quantile(double p, double a, double b) { return boost::math::ibeta_inv(a, b, p, InDouble()); }
double beta_quantile_from_above(double p, double a, double b) { return boost::math::ibetac_inv(a, b, p, InDouble()); }
double beta_cdf(double p, double a, double b) { return boost::math::ibeta(a, b, p, InDouble()); }

Limits clopper_pearson(double x, double n, double tail) {
  return {x <= 0.0 ? 0.0 : beta_quantile(tail, x, n - x + 1.0),
          x >= n ? 1.0 : beta_quantile_from_above(tail, x + 1.0, n - x)};
}

Limits jeffreys(double x, double n, double tail) {
  return {x <= 0.0 ? 0.0 : beta_quantile(tail, x + 0.5, n - x + 0.5),
          x >= n ? 1.0 : beta_quantile_from_above(tail, x + 0.5, n - x + 0.5)};
}

// (centre +- half) of Wilson (1927).
Limits wilson(double x, double n, double z) {
  const double p = x / n, z2 = z * z;
  const double centre = p + z2 / (2.0 * n);
  const double half = z * std::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
  const double scale = 1.0 + z2 / n;
  return {x <= 0.0 ? 0.0 : (centre - half) / scale, x >= n ? 1.0 : (centre + half) / scale};
}

Limits around(double p, double half) { return {std::max(0.0, p - half), std::min(1.0, p + half)}; }

Limits wald(double x, double n, double z) { return around(x / n, z * std::sqrt(x / n * (1.0 - x / n) / n)); }

// Agresti and Coull (1998), with z^2 and not the rounded 4.
Limits agresti_coull(double x, double n, double z) {
  const double size = n + z * z, p = (x + 0.5 * z * z) / size;
  return around(p, z * std::sqrt(p * (1.0 - p) / size));
}

// P(X > x) + P(X = x) / 2 at success probability p; the binomial tails as incomplete beta functions, 0 < x < n.
double upper_mid_p(double x, double n, double p) {
  return 0.5 * (beta_cdf(p, x, n - x + 1.0) + beta_cdf(p, x + 1.0, n - x));
}

// The p where upper_mid_p, which rises with p, equals `target`, between the two beta quantiles that it averages.
double solve_mid_p(double x, double n, double target) {
  const auto excess = [&](double p) { return upper_mid_p(x, n, p) - target; };
  const double low = beta_quantile(target, x, n - x + 1.0), high = beta_quantile(target, x + 1.0, n - x);
  const double at_low = excess(low), at_high = excess(high);
  if (at_low >= 0.0) return low;
  if (at_high <= 0.0) return high;
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(excess, low, high, at_low, at_high,
                                                         boost::math::tools::eps_tolerance<double>(52), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

// Lancaster (1961). At x = 0 the upper tail is (1 - p)^n / 2, which has a closed form; x = n is its mirror image.
Limits mid_p(double x, double n, double tail) {
  if (x <= 0.0) return {0.0, -std::expm1(std::log(2.0 * tail) / n)};
  if (x >= n) return {std::exp(std::log(2.0 * tail) / n), 1.0};
  return {solve_mid_p(x, n, tail), solve_mid_p(x, n, 1.0 - tail)};
}

Limits limits(double x, double n, ProportionInterval interval, double confidence) {
  const double tail = (1.0 - confidence) / 2.0;
  switch (interval) {
    case ProportionInterval::clopper_pearson:
      return clopper_pearson(x, n, tail);
    case ProportionInterval::wilson:
      return wilson(x, n, normal_quantile(1.0 - tail));
    case ProportionInterval::jeffreys:
      return jeffreys(x, n, tail);
    case ProportionInterval::mid_p:
      return mid_p(x, n, tail);
    case ProportionInterval::agresti_coull:
      return agresti_coull(x, n, normal_quantile(1.0 - tail));
    case ProportionInterval::wald:
      return wald(x, n, normal_quantile(1.0 - tail));
  }
  return {missing, missing};
}

}  // namespace

Estimate proportion(double successes, double n, ProportionInterval interval, double confidence) {
  Estimate result;
  result.n = n;
  result.n_events = successes;
  if (!(n > 0.0)) {
    result.status = Status::empty_group;
    return result;
  }
  result.estimate = successes / n;
  result.standard_error = std::sqrt(result.estimate * (1.0 - result.estimate) / n);
  const Limits limit = limits(successes, n, interval, confidence);
  result.lower = limit.lower;
  result.upper = limit.upper;
  return result;
}

std::vector<ProportionCoverage> proportion_coverage(std::size_t n, std::span<const double> truths,
                                                    ProportionInterval interval, double confidence) {
  std::vector<Estimate> outcomes;
  for (std::size_t x = 0; x <= n; ++x)
    outcomes.push_back(proportion(static_cast<double>(x), static_cast<double>(n), interval, confidence));
  std::vector<ProportionCoverage> all(truths.size());
  for (std::size_t k = 0; k < truths.size(); ++k) {
    const boost::math::binomial_distribution<> successes(static_cast<double>(n), truths[k]);
    for (std::size_t x = 0; x <= n; ++x)
      all[k].add(outcomes[x], truths[k], boost::math::pdf(successes, static_cast<double>(x)));
  }
  return all;
}

ProportionCoverage proportion_coverage(std::size_t n, double truth, ProportionInterval interval, double confidence) {
  return proportion_coverage(n, std::span(&truth, 1), interval, confidence).front();
}

}  // namespace oligosim

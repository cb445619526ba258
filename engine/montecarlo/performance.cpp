#include "engine/montecarlo/performance.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <limits>

namespace oligosim {

namespace {

constexpr double z95 = 1.959963984540054;  // 97.5 % quantile of the standard normal distribution
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Measure symmetric(double value, double mcse, std::uint64_t n, std::uint64_t n_missing) {
  return {value, mcse, value - z95 * mcse, value + z95 * mcse, n, n_missing};
}

/// A share of n with the interval of Wilson 1927.
Measure wilson(double p, std::uint64_t n, std::uint64_t n_missing) {
  if (n == 0) return {not_a_number, not_a_number, not_a_number, not_a_number, n, n_missing};
  const auto size = static_cast<double>(n);
  const double z2 = z95 * z95;
  const double center = (p + z2 / (2 * size)) / (1 + z2 / size);
  const double half = z95 / (1 + z2 / size) * std::sqrt(p * (1 - p) / size + z2 / (4 * size * size));
  // At p = 0 and 1 the limit is p itself, which rounding may miss.
  const double lower = p == 0 ? 0 : std::max(0.0, center - half);
  const double upper = p == 1 ? 1 : std::min(1.0, center + half);
  return {p, std::sqrt(p * (1 - p) / size), lower, upper, n, n_missing};
}

/// The largest rank whose order statistic is above the quantile p with a probability below 0.025; 0 if there is none.
/// With B = number of values below the quantile ~ Binomial(n, p): the largest with P(B < rank) < 0.025.
std::uint64_t outer_rank(std::uint64_t n, double p) {
  namespace math = boost::math;
  using RoundUp = math::policies::policy<math::policies::discrete_quantile<math::policies::integer_round_up>>;
  const math::binomial_distribution<double, RoundUp> below(static_cast<double>(n), p);
  return static_cast<std::uint64_t>(math::quantile(below, 0.025));
}

std::uint64_t left_out(const Moments& m) { return m.missing + m.infinite; }
double count(const Moments& m) { return static_cast<double>(m.n); }
double mean_or_nan(const Moments& m) { return m.n == 0 ? not_a_number : m.mean; }
double standard_error(const Moments& m) { return std::sqrt(m.variance() / count(m)); }

}  // namespace

Measure share(const Moments& indicator) {
  // The mean of a folded 0/1 column is off by rounding; the count behind it is not.
  const double ones = std::nearbyint(indicator.mean * count(indicator));
  return wilson(indicator.n == 0 ? not_a_number : ones / count(indicator), indicator.n, left_out(indicator));
}

Measure mean(const Moments& values) {
  return symmetric(mean_or_nan(values), standard_error(values), values.n, left_out(values));
}

Measure geometric_mean(const Moments& logs) {
  const double value = std::exp(mean_or_nan(logs));
  return symmetric(value, value * standard_error(logs), logs.n, left_out(logs));
}

Measure bias(const Moments& values, double truth, double truth_error) {
  return symmetric(mean_or_nan(values) - truth, std::hypot(standard_error(values), truth_error), values.n,
                   left_out(values));
}

Measure empirical_se(const Moments& values) {
  const double value = std::sqrt(values.variance());
  return symmetric(value, value / std::sqrt(2 * (count(values) - 1)), values.n, left_out(values));
}

Measure model_se(const Moments& variances) {
  const double value = std::sqrt(mean_or_nan(variances));
  const double mcse = std::sqrt(variances.variance() / (4 * count(variances))) / value;
  return symmetric(value, mcse, variances.n, left_out(variances));
}

// The two sources of error taken as independent, as in the table.
Measure relative_error(const Moments& values, const Moments& variances) {
  const double ratio = std::sqrt(mean_or_nan(variances) / values.variance());
  const double from_model = variances.variance() / (4 * count(variances) * variances.mean * variances.mean);
  const double from_empirical = 1 / (2 * (count(values) - 1));
  const double mcse = ratio * std::sqrt(from_model + from_empirical);
  return symmetric(ratio - 1, mcse, std::min(values.n, variances.n), std::max(left_out(values), left_out(variances)));
}

// The fourth power of (value - truth) = (value - mean) + b is expanded in central moments.
Measure mean_squared_error(const Moments& values, double truth, double truth_error) {
  const double n = count(values);
  const double b = mean_or_nan(values) - truth;
  const double value = values.m2 / n + b * b;
  if (values.n < 2) return symmetric(value, not_a_number, values.n, left_out(values));
  const double fourth = values.m4 + 4 * b * values.m3 + 6 * b * b * values.m2 + n * b * b * b * b;
  const double spread = std::max(0.0, fourth - n * value * value);
  const double mcse = std::hypot(std::sqrt(spread / (n * (n - 1))), 2 * b * truth_error);
  return symmetric(value, mcse, values.n, left_out(values));
}

Measure quantile(const Sketch& sketch, double p, std::uint64_t n_missing) {
  Measure result{sketch.quantile(p), not_a_number, not_a_number, not_a_number, sketch.count(), n_missing};
  if (sketch.count() == 0) return result;
  const std::uint64_t low = outer_rank(sketch.count(), p), high = outer_rank(sketch.count(), 1 - p);
  if (low == 0 || high == 0) return result;  // too few values hold no such interval (of a median five or fewer)
  result.lower = sketch.order_statistic(low);
  result.upper = sketch.order_statistic(sketch.count() + 1 - high);
  result.mcse = result.lower == result.upper ? 0 : (result.upper - result.lower) / (2 * z95);
  return result;
}

Measure bias_eliminated_coverage(const Sketch& lower, const Sketch& upper, double mean, std::uint64_t n_missing) {
  const double above = 1 - lower.share_at_most(mean);
  const double below = upper.share_at_most(mean);
  // Both limits of so many replicates at least are in the bin of the mean: intervals no longer than the bin, such as
  // those of survival at month 0, which do not miss.
  const double within_bin = std::max(0.0, lower.share_in_bin(mean) + upper.share_in_bin(mean) - 1);
  return wilson(std::clamp(1 - above - below + within_bin, 0.0, 1.0), std::min(lower.count(), upper.count()),
                n_missing);
}

}  // namespace oligosim

#include "engine/statistics/t_test.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using StudentsT = boost::math::students_t_distribution<double, InDouble>;

template <class V>
struct Moments {
  V n{}, mean{}, squares{};  // sum of squared deviations from the mean
};

/// visit(group, weight, value) for the rows that count.
template <Weight V, class Visit>
void each_row(std::span<const double> value, std::span<const std::uint8_t> group, std::span<const V> weight,
              const Visit& visit) {
  for (std::size_t i = 0; i < value.size(); ++i)
    if (group[i] < 2 && !std::isnan(value[i]))
      visit(group[i], weight.empty() ? broadcast<V>(1.0) : weight[i], value[i]);
}

template <Weight V>
std::array<Moments<V>, 2> moments(std::span<const double> value, std::span<const std::uint8_t> group,
                                  std::span<const V> weight) {
  std::array<Moments<V>, 2> m;
  each_row(value, group, weight, [&](std::uint8_t g, const V& w, double x) { m[g].n += w, m[g].mean += w * x; });
  for (Moments<V>& own : m) own.mean = own.n > 0.0 ? own.mean / own.n : broadcast<V>(0.0);
  each_row(value, group, weight, [&](std::uint8_t g, const V& w, double x) {
    const V d = x - m[g].mean;
    m[g].squares += w * d * d;
  });
  return m;
}

/// Squared standard error of the difference and its degrees of freedom; NaN where there is no variance.
struct Spread {
  double squared;
  double df;
};

Spread welch(const Moments<double>& first, const Moments<double>& second) {
  if (first.n < 2.0 || second.n < 2.0) return {missing, missing};
  const double a = first.squares / (first.n - 1.0) / first.n, b = second.squares / (second.n - 1.0) / second.n;
  // Squares of squares: near 1, by a power of two.
  const int size = std::max(a, b) > 0.0 ? -std::ilogb(std::max(a, b)) : 0;
  const double x = std::ldexp(a, size), y = std::ldexp(b, size);
  return {a + b, (x + y) * (x + y) / (x * x / (first.n - 1.0) + y * y / (second.n - 1.0))};
}

Spread pooled(const Moments<double>& first, const Moments<double>& second) {
  const double df = first.n + second.n - 2.0;
  if (!(df > 0.0)) return {missing, missing};
  return {(first.squares + second.squares) / df * (1.0 / first.n + 1.0 / second.n), df};
}

Estimate test(const Moments<double>& first, const Moments<double>& second, GroupVariance variance, double confidence) {
  Estimate result;
  result.n = first.n + second.n;
  if (!(first.n > 0.0 && second.n > 0.0)) {
    result.status = Status::empty_group;
    return result;
  }
  result.estimate = first.mean - second.mean;
  const Spread spread = variance == GroupVariance::welch ? welch(first, second) : pooled(first, second);
  const double error = std::sqrt(spread.squared);
  const double scale = std::max(std::abs(first.mean), std::abs(second.mean));
  if (!(std::isfinite(spread.df) && std::isfinite(error) && error > 0.0 &&
        error >= 10.0 * std::numeric_limits<double>::epsilon() * scale)) {
    result.status = Status::singular;
    return result;
  }
  const StudentsT t(spread.df);
  result.standard_error = error;
  result.df = spread.df;
  result.statistic = result.estimate / error;
  const double tail = cdf(t, -std::abs(result.statistic));
  result.p_value = 2.0 * tail;
  result.signed_statistic = std::copysign(normal_quantile(tail), result.estimate < 0.0 ? 1.0 : -1.0);
  const double half = error * quantile(complement(t, (1.0 - confidence) / 2.0));
  result.lower = result.estimate - half;
  result.upper = result.estimate + half;
  return result;
}

}  // namespace

template <Weight V>
std::array<Estimate, lane_count<V>> t_test(std::span<const double> value, std::span<const std::uint8_t> group,
                                           std::span<const V> weight, GroupVariance variance, double confidence) {
  const std::array<Moments<V>, 2> m = moments(value, group, weight);
  std::array<Estimate, lane_count<V>> results;
  const auto in_lane = [](const Moments<V>& x, std::size_t k) {
    return Moments<double>{lane(x.n, k), lane(x.mean, k), lane(x.squares, k)};
  };
  for (std::size_t k = 0; k < results.size(); ++k)
    results[k] = test(in_lane(m[0], k), in_lane(m[1], k), variance, confidence);
  return results;
}

template std::array<Estimate, 1> t_test(std::span<const double>, std::span<const std::uint8_t>, std::span<const double>,
                                        GroupVariance, double);
template std::array<Estimate, lanes> t_test(std::span<const double>, std::span<const std::uint8_t>,
                                            std::span<const Lanes>, GroupVariance, double);

}  // namespace oligosim

#include "engine/resampling/jackknife.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

std::vector<double> normal_values(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(3, 2);
  std::vector<double> values(n);
  for (double& v : values) v = normal(random);
  return values;
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

/// With the divisor n - `less`.
double variance(const std::vector<double>& x, double less) {
  double squares = 0;
  for (const double v : x) squares += (v - mean(x)) * (v - mean(x));
  return squares / (static_cast<double>(x.size()) - less);
}

std::vector<double> without_each(const std::vector<double>& x,
                                 const std::function<double(const std::vector<double>&)>& statistic) {
  std::vector<double> values;
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::vector<double> others = x;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    values.push_back(statistic(others));
  }
  return values;
}

TEST(Jackknife, OracleTheMeanHasItsStandardErrorAndNoBias) {
  for (const std::size_t n : {2U, 7U, 40U}) {
    const std::vector<double> x = normal_values(n, 1);
    const ResampleFrame frame{.units = n, .stratum = {}, .strata = 1};
    const BootstrapInterval interval = jackknife_interval(mean(x), without_each(x, mean), frame, 0.9);
    const double error = std::sqrt(variance(x, 1) / static_cast<double>(n));
    EXPECT_EQ(interval.status, BootstrapStatus::ok);
    EXPECT_EQ(interval.n_used, n);
    EXPECT_NEAR(interval.standard_error, error, 1e-12);
    EXPECT_NEAR(interval.bias, 0, 1e-12);
    EXPECT_NEAR(interval.lower, mean(x) - normal_quantile(0.95) * error, 1e-12);
    EXPECT_NEAR(interval.upper, mean(x) + normal_quantile(0.95) * error, 1e-12);
  }
}

// Quenouille (1956): of the variance with divisor n the jackknife finds the bias exactly.
TEST(Jackknife, OracleTheVarianceWithDivisorNHasTheBiasThatTheOtherCorrects) {
  const std::vector<double> x = normal_values(25, 2);
  const auto plug_in = [](const std::vector<double>& some) { return variance(some, 0); };
  const ResampleFrame frame{.units = 25, .stratum = {}, .strata = 1};
  const BootstrapInterval interval = jackknife_interval(plug_in(x), without_each(x, plug_in), frame, 0.95);
  EXPECT_NEAR(plug_in(x) - interval.bias, variance(x, 1), 1e-12);
}

TEST(Jackknife, OracleTheDifferenceOfMeansOfStrata) {
  const std::vector<double> a = normal_values(9, 3), b = normal_values(14, 4);
  std::vector<std::uint16_t> stratum(9, 0);
  stratum.resize(23, 1);
  std::vector<double> without;
  for (const double m : without_each(a, mean)) without.push_back(m - mean(b));
  for (const double m : without_each(b, mean)) without.push_back(mean(a) - m);
  // One who is alone in his stratum is always drawn.
  stratum.push_back(2), without.push_back(100);
  const BootstrapInterval interval =
      jackknife_interval(mean(a) - mean(b), without, {.units = 24, .stratum = stratum, .strata = 3}, 0.95);
  EXPECT_NEAR(interval.standard_error, std::sqrt(variance(a, 1) / 9 + variance(b, 1) / 14), 1e-12);
  EXPECT_NEAR(interval.bias, 0, 1e-11);
}

TEST(Jackknife, StatusOfWhatHasNoLimits) {
  const ResampleFrame frame{.units = 3, .stratum = {}, .strata = 1};
  const std::vector<double> good = {1, 2, 4}, same = {2, 2, 2};
  const std::vector<double> lost = {1, std::numeric_limits<double>::quiet_NaN(),
                                    std::numeric_limits<double>::infinity()};
  const BootstrapInterval two_lost = jackknife_interval(2, lost, frame, 0.95);
  EXPECT_EQ(two_lost.status, BootstrapStatus::no_estimate);
  EXPECT_EQ(two_lost.n_degenerate, 2U);
  EXPECT_TRUE(std::isnan(two_lost.lower) && std::isnan(two_lost.upper));
  EXPECT_EQ(jackknife_interval(std::nan(""), good, frame, 0.95).status, BootstrapStatus::no_estimate);
  EXPECT_EQ(jackknife_interval(2, same, frame, 0.95).status, BootstrapStatus::no_spread);
  EXPECT_EQ(jackknife_interval(2, good, frame, 0.95).status, BootstrapStatus::ok);
}

}  // namespace
}  // namespace oligosim

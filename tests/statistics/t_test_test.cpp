#include "engine/statistics/t_test.hpp"

#include <gtest/gtest.h>

#include "engine/numeric/normal.hpp"
#include "tests/statistics/samples.hpp"

namespace oligosim {
namespace {

using test::close;
using test::TwoGroups;

Estimate evaluate(const TwoGroups& data, GroupVariance variance, double confidence) {
  return t_test<double>(data.value, data.group, data.weight, variance, confidence)[0];
}

TEST(TTest, ReferenceTTestOfR) {
  const test::ReferenceTable reference("t_test.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const TwoGroups data =
        test::two_groups(test::numbers(reference.text(r, "first")), test::numbers(reference.text(r, "second")));
    const Estimate e = t_test<double>(data.value, data.group, {},
                                      reference.number(r, "pooled") == 1 ? GroupVariance::pooled : GroupVariance::welch,
                                      reference.number(r, "confidence"))[0];
    EXPECT_TRUE(close(e.estimate, reference.number(r, "difference"), 1e-11));
    EXPECT_TRUE(close(e.standard_error, reference.number(r, "standard_error"), 1e-11));
    EXPECT_TRUE(close(e.statistic, reference.number(r, "statistic"), 1e-10));
    EXPECT_TRUE(close(e.df, reference.number(r, "df"), 1e-11));
    EXPECT_TRUE(close(e.p_value, reference.number(r, "p_value"), 1e-9));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-9));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-9));
    EXPECT_TRUE(close(e.signed_statistic, -normal_quantile(reference.number(r, "less")), 1e-8));
  }
}

// Sum of squares over all pairs of values: n times the sum of squares about the mean.
double squares(const std::vector<double>& x) {
  double sum = 0;
  for (const double a : x)
    for (const double b : x) sum += (a - b) * (a - b) / 2;
  return sum / static_cast<double>(x.size());
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double a : x) sum += a / static_cast<double>(x.size());
  return sum;
}

// P(T <= t) by Simpson's rule on the density, t = sqrt(df) tan(angle).
double t_cdf(double t, double df) {
  const double last = std::atan(t / std::sqrt(df));
  const double log_constant = std::lgamma((df + 1) / 2) - std::lgamma(df / 2) - std::log(M_PI) / 2;
  constexpr int steps = 400;
  double sum = 0;
  for (int i = 0; i <= steps; ++i)
    sum += (i == 0 || i == steps ? 1 : i % 2 ? 4 : 2) * std::pow(std::cos(last * i / steps), df - 1);
  return .5 + std::exp(log_constant) * sum * last / steps / 3;
}

TEST(TTest, OracleRowsWrittenOutOn10000DataSets) {
  std::mt19937_64 random(103);
  int compared = 0;
  for (int set = 0; set < 10000; ++set) {
    const TwoGroups data = test::random_groups(random, 12);
    const auto x = data.written_out(0), y = data.written_out(1);
    const auto m = static_cast<double>(x.size()), n = static_cast<double>(y.size());
    const bool pooled = set % 2 == 0;
    const Estimate e = evaluate(data, pooled ? GroupVariance::pooled : GroupVariance::welch, .9);
    if (x.empty() || y.empty()) {
      ASSERT_EQ(e.status, Status::empty_group);
      ASSERT_TRUE(std::isnan(e.estimate) && std::isnan(e.p_value));
      continue;
    }
    ASSERT_NEAR(e.estimate, mean(x) - mean(y), 1e-12);
    const bool too_few = pooled ? m + n < 3 : m < 2 || n < 2;
    if (too_few || squares(x) + squares(y) < 1e-20) {
      ASSERT_EQ(e.status, Status::singular);
      ASSERT_TRUE(std::isnan(e.p_value) && std::isnan(e.lower));
      continue;
    }
    ++compared;
    ASSERT_EQ(e.status, Status::ok);
    const double a = squares(x) / (m - 1) / m, b = squares(y) / (n - 1) / n;
    const double df = pooled ? m + n - 2 : std::pow(a + b, 2) / (a * a / (m - 1) + b * b / (n - 1));
    const double error = pooled ? std::sqrt((squares(x) + squares(y)) / df * (1 / m + 1 / n)) : std::sqrt(a + b);
    ASSERT_TRUE(close(e.df, df, 1e-10));
    ASSERT_TRUE(close(e.standard_error, error, 1e-10));
    ASSERT_TRUE(close(e.statistic, e.estimate / error, 1e-10));
    if (set % 10 > 1 || df < 2) continue;  // Simpson's rule on a smooth integrand
    ASSERT_NEAR(e.p_value, 2 * t_cdf(-std::abs(e.statistic), df), 1e-9);
    ASSERT_NEAR(t_cdf((e.estimate - e.lower) / error, df), .95, 1e-9);
    ASSERT_NEAR(t_cdf((e.upper - e.estimate) / error, df), .95, 1e-9);
  }
  EXPECT_GT(compared, 5000);
}

TEST(TTest, PropertyGroupsChangedOverAndUnits) {
  std::mt19937_64 random(107);
  for (int set = 0; set < 500; ++set) {
    const TwoGroups data = test::random_groups(random, 20);
    TwoGroups swapped = data, rescaled = data;
    for (std::size_t i = 0; i < data.value.size(); ++i) {
      swapped.group[i] = 1 - data.group[i];
      rescaled.value[i] = 8 * data.value[i];
    }
    const Estimate e = evaluate(data, GroupVariance::welch, .95);
    const Estimate other = evaluate(swapped, GroupVariance::welch, .95);
    const Estimate scaled = evaluate(rescaled, GroupVariance::welch, .95);
    EXPECT_TRUE(close(other.signed_statistic, -e.signed_statistic, 1e-12) && close(other.lower, -e.upper, 1e-12));
    EXPECT_TRUE(test::same(scaled.statistic, e.statistic) && test::same(scaled.upper, 8 * e.upper));
  }
}

TEST(TTest, PropertyLanesAreTheScalarResultToTheBit) {
  std::mt19937_64 random(109);
  for (int set = 0; set < 200; ++set) {
    const TwoGroups data = test::random_groups(random, 20);
    const test::LaneWeights weights(random, data.value.size());
    for (const GroupVariance variance : {GroupVariance::welch, GroupVariance::pooled}) {
      const auto together = t_test<Lanes>(data.value, data.group, weights.together, variance, .95);
      for (std::size_t k = 0; k < lanes; ++k)
        ASSERT_TRUE(
            test::same(together[k], t_test<double>(data.value, data.group, weights.apart[k], variance, .95)[0]));
    }
  }
}

TEST(TTest, DegenerateMissingValuesAndOtherGroupsDoNotCount) {
  TwoGroups data = test::two_groups({1, 2, 4}, {3, 5, 7, 8});
  const Estimate plain = evaluate(data, GroupVariance::welch, .95);
  data.add(missing, 0);
  data.add(100, 255);
  data.add(100, 1, 0);
  EXPECT_TRUE(test::same(evaluate(data, GroupVariance::welch, .95), plain));
}

TEST(TTest, PropertyAnyUnitWithinTheRangeOfNumbers) {
  const TwoGroups data = test::two_groups({1, 2, 4}, {3, 5, 7, 8});
  const Estimate plain = evaluate(data, GroupVariance::welch, .95);
  for (const int power : {-400, -250, 250, 400}) {
    TwoGroups scaled = data;
    for (double& v : scaled.value) v = std::ldexp(v, power);
    const Estimate e = evaluate(scaled, GroupVariance::welch, .95);
    EXPECT_EQ(e.df, plain.df);
    EXPECT_EQ(e.p_value, plain.p_value);
    EXPECT_EQ(e.lower, std::ldexp(plain.lower, power));
  }
  TwoGroups too_large = data;
  for (double& v : too_large.value) v = std::ldexp(v, 700);
  EXPECT_EQ(evaluate(too_large, GroupVariance::welch, .95).status, Status::singular);
}

TEST(TTest, DegenerateNoVariance) {
  for (const auto& y : {std::vector<double>{3, 3, 3}, std::vector<double>{1, 1}}) {
    const Estimate e = evaluate(test::two_groups({1, 1, 1}, y), GroupVariance::welch, .95);
    EXPECT_EQ(e.status, Status::singular);
    EXPECT_EQ(e.estimate, 1 - y[0]);
    EXPECT_TRUE(std::isnan(e.p_value) && std::isnan(e.signed_statistic) && std::isnan(e.upper));
  }
  EXPECT_EQ(evaluate(test::two_groups({1}, {2, 3}), GroupVariance::welch, .95).status, Status::singular);
  EXPECT_EQ(evaluate(test::two_groups({1}, {2, 3}), GroupVariance::pooled, .95).status, Status::ok);
  EXPECT_EQ(evaluate(test::two_groups({1}, {2}), GroupVariance::pooled, .95).status, Status::singular);
}

}  // namespace
}  // namespace oligosim

#include "engine/statistics/categorical/proportion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;

constexpr ProportionInterval all_intervals[] = {ProportionInterval::clopper_pearson, ProportionInterval::wilson,
                                                ProportionInterval::jeffreys,        ProportionInterval::mid_p,
                                                ProportionInterval::agresti_coull,   ProportionInterval::wald};

ProportionInterval interval_named(const std::string& name) {
  const char* names[] = {"clopper_pearson", "wilson", "jeffreys", "mid_p", "agresti_coull", "wald"};
  for (std::size_t i = 0; i < 6; ++i) {
    if (name == names[i]) return all_intervals[i];
  }
  throw std::runtime_error(name);
}

TEST(Proportion, ReferenceIntervalsOfR) {
  const test::ReferenceTable reference("proportion.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const Estimate e = proportion(reference.number(r, "successes"), reference.number(r, "n"),
                                  interval_named(reference.text(r, "interval")), reference.number(r, "confidence"));
    EXPECT_TRUE(close(e.lower, reference.number(r, "lower"), 1e-8));
    EXPECT_TRUE(close(e.upper, reference.number(r, "upper"), 1e-8));
  }
}

double one_decimal(double share) { return std::round(share * 1000) / 10; }

TEST(Proportion, ReferenceAllClopperPearsonIntervalsOfTheTrialsTable2) {
  struct Row {
    double x, n, percent, lower, upper;
  };
  const Row rows[] = {{17, 36, 47.2, 30.4, 64.5}, {27, 36, 75.0, 57.8, 87.9}, {12, 27, 44.4, 25.5, 64.7},
                      {20, 27, 74.1, 53.7, 88.9}, {5, 9, 55.6, 21.2, 86.3},  // printed as 55.5 there
                      {7, 9, 77.8, 40.0, 97.2},   {22, 34, 64.7, 46.5, 80.3}, {34, 34, 100, 89.7, 100}};
  for (const Row& row : rows) {
    const Estimate e = proportion(row.x, row.n, ProportionInterval::clopper_pearson, .95);
    EXPECT_EQ(one_decimal(e.estimate), row.percent);
    EXPECT_EQ(one_decimal(e.lower), row.lower);
    EXPECT_EQ(one_decimal(e.upper), row.upper);
  }
}

double binomial(int n, int x, double p) {
  double choose = 1;
  for (int k = 1; k <= x; ++k) choose *= static_cast<double>(n - x + k) / k;
  return choose * std::pow(p, x) * std::pow(1 - p, n - x);
}

double coverage(int n, double p, ProportionInterval interval) {
  double sum = 0;
  for (int x = 0; x <= n; ++x) {
    const Estimate e = proportion(x, n, interval, .95);
    if (e.lower <= p && p <= e.upper) sum += binomial(n, x, p);
  }
  return sum;
}

TEST(Proportion, ReferenceExactCoverageByEnumeration) {
  EXPECT_NEAR(coverage(36, 17.0 / 36, ProportionInterval::clopper_pearson), .971442, 5e-7);
  EXPECT_NEAR(coverage(36, 17.0 / 36, ProportionInterval::wilson), .935189, 5e-7);
}

TEST(Proportion, PropertyClopperPearsonCoversEverywhere) {
  for (const int n : {1, 9, 36}) {
    for (double p = .005; p < 1; p += .005) EXPECT_GE(coverage(n, p, ProportionInterval::clopper_pearson), .95 - 1e-12);
  }
}

// P(X >= x), or with half of P(X = x), summed term by term.
double upper_tail(int n, int x, double p, double half) {
  double sum = -half * binomial(n, x, p);
  for (int k = x; k <= n; ++k) sum += binomial(n, k, p);
  return sum;
}

// The p at which the tail is `level`, by bisection.
double bisect(int n, int x, double level, double half) {
  double low = 0, high = 1;
  for (int i = 0; i < 55; ++i) {
    const double middle = (low + high) / 2;
    (upper_tail(n, x, middle, half) < level ? low : high) = middle;
  }
  return low;
}

TEST(Proportion, OracleBinomialTailSumsOn10000Intervals) {
  std::mt19937_64 random(41);
  for (int set = 0; set < 10000; ++set) {
    const int n = 1 + static_cast<int>(random() % 40), x = static_cast<int>(random() % static_cast<unsigned>(n + 1));
    const double confidence = .8 + .19 * static_cast<double>(random() % 1000) / 1000, tail = (1 - confidence) / 2;
    const Estimate exact = proportion(x, n, ProportionInterval::clopper_pearson, confidence);
    const Estimate mid = proportion(x, n, ProportionInterval::mid_p, confidence);
    ASSERT_NEAR(exact.lower, x == 0 ? 0 : bisect(n, x, tail, 0), 1e-11);
    ASSERT_NEAR(exact.upper, x == n ? 1 : bisect(n, x + 1, 1 - tail, 0), 1e-11);
    ASSERT_NEAR(mid.lower, x == 0 ? 0 : bisect(n, x, tail, .5), 1e-11);
    ASSERT_NEAR(mid.upper, x == n ? 1 : bisect(n, x, 1 - tail, .5), 1e-11);
  }
}

TEST(Proportion, PropertyMirrorImageAndBounds) {
  for (const ProportionInterval interval : all_intervals) {
    for (int n : {1, 2, 9, 36, 500}) {
      for (int x = 0; x <= n; ++x) {
        const Estimate e = proportion(x, n, interval, .95), mirror = proportion(n - x, n, interval, .95);
        EXPECT_NEAR(e.lower, 1 - mirror.upper, 1e-12);
        EXPECT_LE(0, e.lower);
        EXPECT_LE(e.lower, e.estimate);
        EXPECT_LE(e.estimate, e.upper);
        EXPECT_LE(e.upper, 1);
      }
    }
  }
}

TEST(Proportion, DegenerateEmptyGroup) {
  const Estimate e = proportion(0, 0, ProportionInterval::clopper_pearson, .95);
  EXPECT_EQ(e.status, Status::empty_group);
  EXPECT_TRUE(std::isnan(e.estimate) && std::isnan(e.lower) && std::isnan(e.upper));
}

}  // namespace
}  // namespace oligosim

#include "engine/numeric/multivariate_normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <random>

#include "engine/numeric/normal.hpp"
#include "tests/numeric/naive_normal.hpp"
#include "tests/statistics/oracle_sets.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using std::numbers::pi;

constexpr double infinity = std::numeric_limits<double>::infinity();
using Numbers = std::vector<double>;

TEST(MultivariateNormal, ReferenceMvtnorm) {
  const test::ReferenceTable reference("multivariate_normal.csv");
  for (std::size_t r = 0; r < reference.size(); ++r) {
    SCOPED_TRACE(reference.describe(r));
    const auto n = static_cast<std::size_t>(reference.number(r, "dimension"));
    Numbers lower, upper, correlation(n * n, 1.0);
    for (std::size_t i = 0; i < n; ++i) {
      const std::string a = std::to_string(i + 1);
      lower.push_back(reference.number(r, "lower_" + a));
      upper.push_back(reference.number(r, "upper_" + a));
      for (std::size_t j = i + 1; j < n; ++j)
        correlation[i * n + j] = correlation[j * n + i] = reference.number(r, "r_" + a + std::to_string(j + 1));
    }
    const NormalProbability p = multivariate_normal(lower, upper, correlation);
    EXPECT_NEAR(p.inside, reference.number(r, "inside"), n == 4 ? 1e-7 : 1e-9);
    EXPECT_NEAR(p.inside + p.outside, 1.0, 1e-15);
  }
}

/// Rows of unit length and their products.
struct Vectors {
  std::vector<Numbers> row;
  Numbers correlation;

  Vectors(std::mt19937_64& random, std::size_t n, std::size_t rank) {
    std::normal_distribution<double> normal;
    for (std::size_t i = 0; i < n; ++i) {
      Numbers x(rank);
      double square = 0;
      for (double& v : x) v = normal(random), square += v * v;
      for (double& v : x) v /= std::sqrt(square);
      row.push_back(x);
    }
    for (const Numbers& a : row)
      for (const Numbers& b : row) {
        double sum = 0;
        for (std::size_t i = 0; i < rank; ++i) sum += a[i] * b[i];
        correlation.push_back(&a == &b ? 1.0 : sum);
      }
  }
};

double uniform(std::mt19937_64& random, double from, double to) {
  return from + (to - from) * static_cast<double>(random() >> 11) * 0x1p-53;
}

struct Limits {
  Numbers lower, upper;
  Limits(std::mt19937_64& random, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      upper.push_back(uniform(random, -1, 3));
      lower.push_back(random() % 3 == 0 ? -infinity : upper.back() - uniform(random, 0, 5));
      if (random() % 8 == 0) upper.back() = infinity;
    }
  }
};

TEST(MultivariateNormal, OracleSlicesOfSingularPlanes) {
  std::mt19937_64 random(41);
  for (int set = 0; set < test::oracle_sets(2000); ++set) {
    const std::size_t n = 2 + random() % 5;
    const Vectors v(random, n, 2);
    const Limits l(random, n);
    std::vector<std::array<double, 2>> rows;
    for (const Numbers& x : v.row) rows.push_back({x[0], x[1]});
    const double naive = test::naive::plane_probability(rows, l.lower, l.upper);
    ASSERT_NEAR(multivariate_normal(l.lower, l.upper, v.correlation).inside, naive, 1e-9) << set;
  }
}

TEST(MultivariateNormal, OracleOrthantsOfRank3) {
  std::mt19937_64 random(42);
  for (int set = 0; set < 10000; ++set) {
    const Vectors v(random, 3, 3);
    const double angles = std::asin(v.correlation[1]) + std::asin(v.correlation[2]) + std::asin(v.correlation[5]);
    const Numbers lower(3, -infinity), upper(3, 0.0);
    ASSERT_NEAR(multivariate_normal(lower, upper, v.correlation).inside, 1.0 / 8 + angles / (4 * pi), 1e-10) << set;
  }
}

TEST(MultivariateNormal, OracleIndependentVariables) {
  std::mt19937_64 random(43);
  for (int set = 0; set < 1000; ++set) {
    const std::size_t n = set < 900 ? 1 + random() % 3 : 4;
    const Limits l(random, n);
    Numbers correlation(n * n, 0.0);
    double product = 1;
    for (std::size_t i = 0; i < n; ++i) {
      correlation[i * n + i] = 1;
      product *= normal_cdf(l.upper[i]) - normal_cdf(l.lower[i]);
    }
    ASSERT_NEAR(multivariate_normal(l.lower, l.upper, correlation).inside, product, n == 4 ? 1e-8 : 1e-10);
  }
}

// Z_i = sqrt(r) X + sqrt(1 - r) E_i: given X they are independent.
TEST(MultivariateNormal, OracleOneCommonFactor) {
  for (std::size_t n = 2; n <= 6; ++n) {
    for (const double r : {0.1, 0.5, 0.9}) {
      Numbers correlation(n * n, r), lower(n, -1.5), upper(n);
      for (std::size_t i = 0; i < n; ++i) correlation[i * n + i] = 1, upper[i] = 0.5 + 0.3 * static_cast<double>(i);
      double sum = 0;
      for (int k = -4500; k <= 4500; ++k) {
        const double x = k * 0.002;
        double product = std::exp(-x * x / 2) / std::sqrt(2 * pi) * 0.002;
        for (std::size_t i = 0; i < n; ++i) {
          const double mean = std::sqrt(r) * x, sd = std::sqrt(1 - r);
          product *= normal_cdf((upper[i] - mean) / sd) - normal_cdf((lower[i] - mean) / sd);
        }
        sum += product;
      }
      const double tolerance = n <= 3 ? 1e-10 : n == 4 ? 1e-8 : 1e-6;
      EXPECT_NEAR(multivariate_normal(lower, upper, correlation).inside, sum, tolerance) << n << " " << r;
    }
  }
}

/// Of Fleming-Harrington tests with these powers, as many events at each survival: beta functions.
Numbers correlation_of_tests(const std::vector<std::pair<double, double>>& powers) {
  Numbers correlation;
  const auto product = [](const auto& a, const auto& b) {
    const double rho = a.first + b.first, gamma = a.second + b.second;
    return std::exp(std::lgamma(rho + 1) + std::lgamma(gamma + 1) - std::lgamma(rho + gamma + 2));
  };
  for (const auto& a : powers)
    for (const auto& b : powers) correlation.push_back(product(a, b) / std::sqrt(product(a, a) * product(b, b)));
  return correlation;
}

// As rank 4 given one of the variables, over which is summed.
TEST(MultivariateNormal, OracleOfFiveWeightedLogRankTests) {
  const Numbers correlation = correlation_of_tests({{0, 0}, {0, 0.5}, {0.5, 0}, {0.5, 0.5}, {0, 1}});
  for (const double z : {0.7, 1.3, 2.2}) {
    const auto given = [&](double x) {
      Numbers lower, upper, left;
      Numbers sd;
      for (std::size_t i = 1; i < 5; ++i) {
        sd.push_back(std::sqrt(1 - correlation[i] * correlation[i]));
        lower.push_back((-z - correlation[i] * x) / sd.back());
        upper.push_back((z - correlation[i] * x) / sd.back());
      }
      for (std::size_t i = 1; i < 5; ++i)
        for (std::size_t j = 1; j < 5; ++j)
          left.push_back(i == j ? 1
                                : (correlation[i * 5 + j] - correlation[i] * correlation[j]) / (sd[i - 1] * sd[j - 1]));
      return std::exp(-x * x / 2) / std::sqrt(2 * pi) * multivariate_normal(lower, upper, left).inside;
    };
    constexpr int steps = 400;  // Simpson's rule
    double sum = given(-z) + given(z);
    for (int k = 1; k < steps; ++k) sum += (k % 2 ? 4 : 2) * given(-z + 2 * z * k / steps);
    EXPECT_NEAR(multivariate_normal(Numbers(5, -z), Numbers(5, z), correlation).inside, sum * 2 * z / steps / 3, 1e-5);
  }
}

TEST(MultivariateNormal, PropertyTwoPartsOfABoxAddUp) {
  std::mt19937_64 random(44);
  for (int set = 0; set < 10000; ++set) {
    const std::size_t n = 2 + random() % 5, cut = random() % n;
    const Vectors v(random, n, std::min<std::size_t>(n, 2 + random() % 2));  // singular from four variables on
    const Limits l(random, n);
    Limits left = l, right = l;
    left.upper[cut] = right.lower[cut] =
        uniform(random, std::max(l.lower[cut], -4.0), std::max(-4.0, std::min(l.upper[cut], 4.0)));
    const double whole = multivariate_normal(l.lower, l.upper, v.correlation).inside;
    const double parts = multivariate_normal(left.lower, left.upper, v.correlation).inside +
                         multivariate_normal(right.lower, right.upper, v.correlation).inside;
    ASSERT_NEAR(whole, parts, 1e-10) << set;
  }
}

TEST(MultivariateNormal, PropertyARepeatedVariableChangesNothing) {
  std::mt19937_64 random(45);
  for (int set = 0; set < 300; ++set) {
    const std::size_t n = 2 + random() % 3;
    const Vectors v(random, n, n);
    const Limits l(random, n);
    Numbers lower = l.lower, upper = l.upper, correlation((n + 1) * (n + 1));
    const std::size_t twice = random() % n;
    lower.push_back(l.lower[twice]);
    upper.push_back(l.upper[twice]);
    for (std::size_t i = 0; i <= n; ++i)
      for (std::size_t j = 0; j <= n; ++j)
        correlation[i * (n + 1) + j] = v.correlation[(i == n ? twice : i) * n + (j == n ? twice : j)];
    ASSERT_NEAR(multivariate_normal(lower, upper, correlation).inside,
                multivariate_normal(l.lower, l.upper, v.correlation).inside, n == 4 ? 1e-8 : 1e-10);
  }
}

TEST(MultivariateNormal, PropertyTheTailKeepsItsRelativeAccuracy) {
  // At 8 standard deviations the three tails hardly overlap.
  const Numbers correlation = {1, .5, .3, .5, 1, .2, .3, .2, 1}, lower(3, -infinity), upper(3, 8.0);
  const double tail = normal_cdf(-8.0);
  EXPECT_TRUE(test::close(multivariate_normal(lower, upper, correlation).outside / tail, 3.0, 1e-6));
}

TEST(MultivariateNormal, DegenerateBoxes) {
  const Numbers one = {1}, independent = {1, 0, 0, 1};
  EXPECT_EQ(multivariate_normal({}, {}, {}).inside, 1.0);
  EXPECT_NEAR(multivariate_normal(Numbers{-1.96}, Numbers{1.96}, one).outside, 2 * normal_cdf(-1.96), 1e-11);
  EXPECT_EQ(multivariate_normal(Numbers{1}, Numbers{-1}, one).inside, 0.0);
  EXPECT_NEAR(multivariate_normal(Numbers{1}, Numbers{1}, one).inside, 0.0, 1e-11);
  EXPECT_EQ(multivariate_normal(Numbers{-infinity}, Numbers{infinity}, one).inside, 1.0);
  EXPECT_NEAR(multivariate_normal(Numbers{0, 0}, Numbers{infinity, infinity}, independent).inside, 0.25, 1e-10);
}

}  // namespace
}  // namespace oligosim

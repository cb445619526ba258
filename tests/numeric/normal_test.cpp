#include "engine/numeric/normal.hpp"

#include <gtest/gtest.h>

#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>
#include <span>
#include <vector>

#include "engine/numeric/normal_kernels.hpp"
#include "engine/numeric/normal_scores.hpp"
#include "engine/numeric/normal_tail.hpp"
#include "engine/processor/level.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

using test::close;

TEST(Normal, OracleQuantileAgainstInverseErfcInLongDouble) {
  double worst = 0;
  for (int i = 0; i < 200000; ++i) {
    const double exponent = i < 100000 ? 0 : -300.0 * (i - 100000) / 100000.0;
    const double p = i < 100000 ? (i + 0.5) / 100000.0 : std::pow(10.0, exponent) * 0.4;
    const long double exact = -std::sqrt(2.0L) * boost::math::erfc_inv(2.0L * static_cast<long double>(p));
    worst = std::max(worst, static_cast<double>(std::abs((normal_quantile(p) - exact) / exact)));
  }
  EXPECT_LT(worst, 1e-15);
}

TEST(Normal, PropertyEndsAndSymmetry) {
  EXPECT_EQ(normal_quantile(0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1), std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  EXPECT_TRUE(std::isnan(normal_quantile(-0.1)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.1)));
  EXPECT_EQ(normal_quantile(0.25), -normal_quantile(0.75));
}

TEST(Normal, OracleDistributionFunctionInBothTails) {
  for (double z = -37; z <= 8; z += 0.125) {
    const long double exact = 0.5L * boost::math::erfc(-static_cast<long double>(z) / std::sqrt(2.0L));
    // The relative condition number of the tail is about z^2: rounding z / sqrt 2 alone costs that many ulp.
    EXPECT_TRUE(close(normal_cdf(z) / static_cast<double>(exact), 1.0, 4e-16 * (1 + z * z))) << z;
  }
}

TEST(Normal, ReferenceChiSquareTailOfR) {
  // pchisq(c(0.00822734320235, 3.84145882069412, 25.4037003458, 7.5, 700), c(1, 1, 3, 2, 4.5), lower.tail = FALSE)
  EXPECT_TRUE(close(chi_square_upper_tail(0.00822734320235, 1), 0.92772723334007712, 1e-12));
  EXPECT_TRUE(close(chi_square_upper_tail(3.84145882069412, 1), 0.050000000000000183, 1e-12));
  EXPECT_TRUE(close(chi_square_upper_tail(25.4037003458, 3) / 1.2712459389971265e-05, 1.0, 1e-12));
  EXPECT_TRUE(close(chi_square_upper_tail(7.5, 2), 0.023517745856009107, 1e-12));
  EXPECT_TRUE(close(chi_square_upper_tail(700, 4.5) / 1.3314801085188493e-149, 1.0, 1e-12));
  EXPECT_EQ(chi_square_upper_tail(0, 3), 1.0);
  EXPECT_TRUE(std::isnan(chi_square_upper_tail(1, 0)));
}

TEST(Normal, OracleChiSquareTail) {
  for (const double df : {1.0, 2.0, 3.0, 4.5, 11.0, 30.0}) {
    for (double x = 0.01; x < 500; x *= 1.3) {
      const long double exact = boost::math::gamma_q(0.5L * df, 0.5L * x);
      EXPECT_TRUE(close(chi_square_upper_tail(x, df) / static_cast<double>(exact), 1.0, 1e-12)) << x << " " << df;
    }
  }
}

// Every number of values up to a block, those that are not central as they were, and nothing written beyond.
void expect_central_scores(void (*central_scores_by)(std::span<double>, Tails&)) {
  for (std::size_t n = 0; n <= Tails::most; ++n) {
    std::vector<double> p(n + 1), scores;
    for (std::size_t i = 0; i <= n; ++i) p[i] = std::fmod(0.618034 * static_cast<double>(i + n), 1.0);
    scores = p;
    Tails tails;
    central_scores_by(std::span(scores).first(n), tails);
    std::size_t next = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (std::abs(p[i] - 0.5) <= central_half_width) {
        ASSERT_EQ(scores[i], normal_quantile(p[i])) << n << ' ' << i;
      } else {
        ASSERT_EQ(tails.p[next], p[i]) << n << ' ' << i;
        ASSERT_EQ(tails.place[next++], i) << n;
      }
    }
    ASSERT_EQ(tails.count, next);
    ASSERT_EQ(scores[n], p[n]);
  }
}

TEST(Normal, ReproducibilityOnAnyProcessor) { expect_central_scores(central_scores_v3); }

TEST(Normal, ReproducibilityOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_central_scores(central_scores_v4);
}

TEST(Normal, OracleScoresAreTheQuantilesToTheBit) {
  for (std::size_t n = 0; n < 4000; n = 3 * n + 1) {
    std::vector<double> p(n);
    for (std::size_t i = 0; i < n; ++i) p[i] = (static_cast<double>(i) + 0.5) / static_cast<double>(n);
    if (n > 4) p[2] = 1e-300, p[3] = 0x1p-53, p[4] = 1 - 0x1p-53;
    std::vector<double> scores = p;
    to_normal_scores(scores);
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(scores[i], normal_quantile(p[i])) << p[i];
  }
}

// Against the C library's, in long double.
TEST(NormalUpperTail, ReferenceErfc) {
  double worst = 0;
  for (int i = -40000; i <= 40000; ++i) {
    const double x = i * 0.00096;  // to 38.4
    const long double exact = 0.5L * std::erfc(static_cast<long double>(x) / std::numbers::sqrt2_v<long double>);
    if (exact < std::numeric_limits<double>::min()) continue;
    const auto off = static_cast<double>(std::abs(normal_upper_tail(x) - exact) / exact);
    worst = std::max(worst, off / (2 + x * x / 4));
  }
  EXPECT_LT(worst, 1e-15);
  EXPECT_GT(worst, 1e-17);
}

TEST(NormalUpperTail, PropertyEveryWidthHasTheSameBits) {
  for (double x = -45; x < 45; x += 0.37) {
    const HalfLanes four = normal_upper_tail(HalfLanes{x, -x, x / 3, 0.0});
    EXPECT_EQ(four[0], normal_upper_tail(x)) << x;
    EXPECT_EQ(four[1], normal_upper_tail(-x)) << x;
    EXPECT_EQ(four[2], normal_upper_tail(x / 3)) << x;
    EXPECT_NEAR(four[3], 0.5, 1e-15);
  }
}

TEST(NormalUpperTail, OracleLimits) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(normal_upper_tail(infinity), 0.0);
  EXPECT_EQ(normal_upper_tail(-infinity), 1.0);
  EXPECT_EQ(normal_upper_tail(40.0), 0.0);
  EXPECT_TRUE(std::isnan(normal_upper_tail(std::numeric_limits<double>::quiet_NaN())));
}

}  // namespace
}  // namespace oligosim

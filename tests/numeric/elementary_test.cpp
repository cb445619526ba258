#include "engine/numeric/elementary.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "engine/numeric/exp_columns.hpp"
#include "engine/processor/level.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Distance of a number from the exact one in units of its last place; 0 where both are the same limit or NaN.
double ulps_from(double value, long double exact) {
  const double nearest = static_cast<double>(exact);
  if (!std::isfinite(nearest) || !std::isfinite(value))
    return value == nearest || (std::isnan(value) && std::isnan(nearest)) ? 0.0 : infinity;
  const double place = std::nextafter(std::abs(nearest), infinity) - std::abs(nearest);
  return static_cast<double>(std::abs(value - exact) / place);
}

class Numbers {
 public:
  double uniform() {
    const std::uint64_t high = stream_();
    return (static_cast<double>((high << 32 | stream_()) >> 12) + 0.5) / 0x1p52;
  }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  /// Any bits but the sign's.
  double any() { return std::bit_cast<double>((std::uint64_t{stream_()} << 32 | stream_()) >> 1); }
  double subnormal() { return std::bit_cast<double>((std::uint64_t{stream_()} << 32 | stream_()) >> 12); }
  int below(int bound) { return static_cast<int>(stream_.below(static_cast<std::uint32_t>(bound))); }

 private:
  Stream stream_{20, 1, Purpose::course};
};

// long double has 64 bits here, and its functions are good to the last few of them.
TEST(Elementary, ReferenceLogarithmWithinOneUlp) {
  static_assert(std::numeric_limits<long double>::digits == 64);
  Numbers numbers;
  double worst = 0;
  const auto check = [&](double x) {
    worst = std::max(worst, ulps_from(elementary::log(x), std::log(static_cast<long double>(x))));
  };
  for (int i = 0; i < 500'000; ++i) {
    check(numbers.uniform());
    check(1 + std::ldexp(numbers.between(-0.5, 0.5), -numbers.below(53)));
    check(numbers.between(0.5, 2));
    check(numbers.any());
    check(numbers.subnormal());
  }
  // Around the places where the exponent changes.
  for (int e = -1074; e < 1024; ++e)
    for (const double place : {std::ldexp(1.0, e), std::ldexp(std::sqrt(0.5), e)})
      for (const double x : {std::nextafter(place, 0), place, std::nextafter(place, infinity)}) check(x);
  EXPECT_LT(worst, 0.9);
  EXPECT_GT(worst, 0.5);
}

TEST(Elementary, ReferenceExponentialWithinOneUlp) {
  Numbers numbers;
  double worst = 0;
  const auto check = [&](double x) {
    worst = std::max(worst, ulps_from(elementary::exp(x), std::exp(static_cast<long double>(x))));
  };
  for (int i = 0; i < 500'000; ++i) {
    check(numbers.between(-760, 720));
    check(numbers.between(-1, 1));
    check(numbers.between(-40, 0));
    check(numbers.between(-750, -700));
    check(std::ldexp(numbers.between(-1, 1), -numbers.below(60)));
    check(numbers.any());
    check(-numbers.any());
  }
  for (int k = -1080; k <= 1030; ++k) {  // where the power of two changes
    const double place = (k + 0.5) * std::log(2.0);
    for (const double x : {std::nextafter(place, -infinity), place, std::nextafter(place, infinity)}) check(x);
  }
  EXPECT_LT(worst, 0.95);
  EXPECT_GT(worst, 0.5);
}

TEST(Elementary, ReferenceLimits) {
  EXPECT_EQ(elementary::log(0.0), -infinity);
  EXPECT_EQ(elementary::log(-0.0), -infinity);
  EXPECT_EQ(elementary::log(1.0), 0.0);
  EXPECT_EQ(elementary::log(infinity), infinity);
  EXPECT_TRUE(std::isnan(elementary::log(-1.0)));
  EXPECT_TRUE(std::isnan(elementary::log(-infinity)));
  EXPECT_TRUE(std::isnan(elementary::log(std::numeric_limits<double>::quiet_NaN())));
  EXPECT_EQ(elementary::exp(0.0), 1.0);
  EXPECT_EQ(elementary::exp(-0.0), 1.0);
  EXPECT_EQ(elementary::exp(infinity), infinity);
  EXPECT_EQ(elementary::exp(-infinity), 0.0);
  EXPECT_EQ(elementary::exp(709.782712893384), 0x1.fffffffffff2ap+1023);
  EXPECT_EQ(elementary::exp(709.783), infinity);
  EXPECT_EQ(elementary::exp(-745.13321910194110), 0x1p-1074);
  EXPECT_EQ(elementary::exp(-745.14), 0.0);
  EXPECT_TRUE(std::isnan(elementary::exp(std::numeric_limits<double>::quiet_NaN())));
}

// The bits that a seed's numbers rest on: of any compiler, library and processor.
TEST(Elementary, ReproducibilityOfKnownBits) {
  std::uint64_t log_hash = 0, exp_hash = 0;
  Numbers numbers;
  for (int i = 0; i < 100'000; ++i) {
    log_hash = log_hash * 0x9E3779B97F4A7C15 + std::bit_cast<std::uint64_t>(elementary::log(numbers.uniform()));
    exp_hash = exp_hash * 0x9E3779B97F4A7C15 + std::bit_cast<std::uint64_t>(elementary::exp(numbers.between(-40, 40)));
  }
  EXPECT_EQ(log_hash, 2827655656041508913u);
  EXPECT_EQ(exp_hash, 9958279133867954606u);
}

template <Weight V>
void expect_lane_by_lane() {
  Numbers numbers;
  for (int i = 0; i < 20'000; ++i) {
    const V x = from_lanes<V>([&](std::size_t k) { return k % 2 == 0 ? numbers.uniform() : numbers.any(); });
    const V y = from_lanes<V>([&](std::size_t) { return numbers.between(-750, 720); });
    const V logarithm = elementary::log(x), power = elementary::exp(y);
    for (std::size_t k = 0; k < lane_count<V>; ++k) {
      if (!std::isnan(x[k])) {
        ASSERT_EQ(logarithm[k], elementary::log(lane(x, k)));
      }
      ASSERT_EQ(power[k], elementary::exp(lane(y, k)));
    }
  }
}

TEST(Elementary, ReproducibilityInLanes) {
  expect_lane_by_lane<HalfLanes>();
  expect_lane_by_lane<Lanes>();
}

// Every number of values up to several registers full, and nothing written beyond.
void expect_one_by_one(void (*to_exponentials_by)(std::span<double>)) {
  Numbers numbers;
  for (std::size_t n = 0; n <= 70; ++n) {
    std::vector<double> uniform(n + 1), value;
    for (double& u : uniform) u = numbers.uniform();
    if (n % 5 == 0) uniform[n / 2] = 0.0;  // those cured
    if (n % 7 == 3) uniform[n / 3] = 1.0;  // at once
    value = uniform;
    to_exponentials_by(std::span(value).first(n));
    for (std::size_t i = 0; i < n; ++i) ASSERT_EQ(value[i], -elementary::log(uniform[i])) << n << ' ' << i;
    ASSERT_EQ(value[n], uniform[n]);
  }
}

void expect_exp_and_roots(void (*to_exp_by)(std::span<double>), void (*to_roots_by)(std::span<double>, double)) {
  Numbers numbers;
  for (std::size_t n = 0; n <= 70; ++n) {
    std::vector<double> x(n + 1), exps, roots;
    for (double& value : x) value = 20 * numbers.uniform();
    if (n % 5 == 0) x[n / 2] = std::numeric_limits<double>::infinity();  // what never happens
    exps = roots = x;
    to_exp_by(std::span(exps).first(n));
    to_roots_by(std::span(roots).first(n), 1.3);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(exps[i], elementary::exp(x[i])) << n << ' ' << i;
      ASSERT_EQ(roots[i], elementary::exp(elementary::log(x[i]) / 1.3)) << n << ' ' << i;
    }
    ASSERT_EQ(exps[n], x[n]);
    ASSERT_EQ(roots[n], x[n]);
  }
}

TEST(Elementary, ReproducibilityOfColumnsOnAnyProcessor) { expect_exp_and_roots(to_exp_v3, to_roots_v3); }

TEST(Elementary, ReproducibilityOfColumnsOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_exp_and_roots(to_exp_v4, to_roots_v4);
}

TEST(Elementary, ReproducibilityOnAnyProcessor) { expect_one_by_one(to_exponentials_v3); }

TEST(Elementary, ReproducibilityOnLevelFour) {
  if (!runs_v4()) GTEST_SKIP() << "this processor is of level v3";
  expect_one_by_one(to_exponentials_v4);
}

}  // namespace
}  // namespace oligosim

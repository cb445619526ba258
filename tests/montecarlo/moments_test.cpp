#include "engine/montecarlo/moments.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "engine/random/stream.hpp"

namespace oligosim {
namespace {

std::vector<double> sample(std::size_t n, double shift) {
  Stream stream(1, 1, Purpose::baseline);
  std::vector<double> values(n);
  for (double& value : values) value = shift + stream.exponential();
  return values;
}

Moments moments_of(std::span<const double> values) {
  Moments moments;
  for (const double value : values) moments.add(value);
  return moments;
}

/// Two passes, in long double.
Moments naive(std::span<const double> values) {
  long double mean = 0, m2 = 0, m3 = 0, m4 = 0;
  for (const double v : values) mean += v;
  mean /= static_cast<long double>(values.size());
  for (const double v : values) {
    const long double d = v - mean;
    m2 += d * d, m3 += d * d * d, m4 += d * d * d * d;
  }
  return {values.size(),          0, 0, static_cast<double>(mean), static_cast<double>(m2), static_cast<double>(m3),
          static_cast<double>(m4)};
}

void expect_close(const Moments& a, const Moments& b, double tolerance) {
  EXPECT_EQ(a.n, b.n);
  EXPECT_EQ(a.missing, b.missing);
  EXPECT_EQ(a.infinite, b.infinite);
  EXPECT_NEAR(a.mean, b.mean, tolerance * std::fabs(b.mean));
  EXPECT_NEAR(a.m2, b.m2, tolerance * b.m2);
  EXPECT_NEAR(a.m3, b.m3, tolerance * std::fabs(b.m3));
  EXPECT_NEAR(a.m4, b.m4, tolerance * b.m4);
}

TEST(MomentsOracle, AgreeWithTwoPasses) {
  for (const std::size_t n : {1u, 2u, 3u, 10u, 1000u, 100000u}) {
    const auto values = sample(n, 0);
    expect_close(moments_of(values), naive(values), 1e-12);
  }
  const auto far = sample(1000, 1e6);  // the spread is a millionth of the mean
  expect_close(moments_of(far), naive(far), 1e-8);
}

TEST(MomentsProperty, MergingIsAssociativeToRounding) {
  const auto values = sample(3000, 5);
  const std::span<const double> all(values);
  const Moments a = moments_of(all.first(10)), b = moments_of(all.subspan(10, 2000)), c = moments_of(all.subspan(2010));
  Moments left = a, right = b;
  left.merge(b), left.merge(c);
  right.merge(c);
  Moments nested = a;
  nested.merge(right);
  expect_close(left, nested, 1e-12);
  expect_close(left, naive(values), 1e-12);
}

TEST(MomentsProperty, MergingInTheSameOrderGivesTheSameBits) {
  const auto values = sample(1000, 5);
  Moments results[2];
  for (Moments& result : results) {
    for (std::size_t block = 0; block < 10; ++block)
      result.merge(moments_of(std::span(values).subspan(block * 100, 100)));
  }
  EXPECT_EQ(results[0], results[1]);
}

TEST(MomentsProperty, MergingWithNothingChangesNothing) {
  const Moments some = moments_of(sample(10, 1e200));
  Moments left = some, right;
  left.merge({});
  right.merge(some);
  EXPECT_EQ(left, some);
  EXPECT_EQ(right, some);
}

TEST(MomentsProperty, MissingAndInfiniteValuesAreCountedAndLeftOut) {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const double values[] = {1, std::nan(""), inf, 3, -inf, std::nan(""), std::nan("")};
  Moments moments = moments_of(values);
  EXPECT_EQ(moments.n, 2u);
  EXPECT_EQ(moments.missing, 3u);
  EXPECT_EQ(moments.infinite, 2u);
  EXPECT_EQ(moments.mean, 2);
  EXPECT_EQ(moments.variance(), 2);
  moments.merge(moments);
  EXPECT_EQ(moments.n, 4u);
  EXPECT_EQ(moments.missing, 6u);
  EXPECT_EQ(moments.infinite, 4u);
}

TEST(MomentsProperty, VarianceOfFewerThanTwoValuesIsNaN) {
  Moments moments;
  EXPECT_TRUE(std::isnan(moments.variance()));
  moments.add(1e200);
  EXPECT_TRUE(std::isnan(moments.variance()));
  moments.add(1e200);
  EXPECT_EQ(moments.variance(), 0);
  EXPECT_EQ(moments.m4, 0);
}

}  // namespace
}  // namespace oligosim

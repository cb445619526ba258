#include "engine/montecarlo/sketch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "engine/random/stream.hpp"

namespace oligosim {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// Quantile of sorted values as R's type 7, of f of each.
template <class F>
double sample_quantile(const std::vector<double>& sorted, double p, F f) {
  const double position = static_cast<double>(sorted.size() - 1) * p;
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return f(sorted[below]) + (position - static_cast<double>(below)) * (f(sorted[above]) - f(sorted[below]));
}

double sample_quantile(const std::vector<double>& sorted, double p) {
  return sample_quantile(sorted, p, [](double x) { return x; });
}

double magnitude_quantile(const std::vector<double>& sorted, double p) {
  return sample_quantile(sorted, p, [](double x) { return std::fabs(x); });
}

Sketch sketch_of(const std::vector<double>& values) {
  Sketch sketch;
  for (const double value : values) sketch.add(Sketch::key(value), 1);
  return sketch;
}

TEST(SketchProperty, KeysKeepTheOrder) {
  const std::vector<double> ascending = {-inf,   -1e308, -3,    -1, -0.999, -1e-300, 0,
                                         1e-300, 0.5,    0.999, 1,  3,      1e308,   inf};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(Sketch::key(ascending[i - 1]), Sketch::key(ascending[i])) << ascending[i];
  }
}

TEST(SketchProperty, ZeroHasOneKeyAndInfinitiesHaveTheirOwn) {
  EXPECT_EQ(Sketch::key(0.0), Sketch::key(-0.0));
  EXPECT_EQ(Sketch::key(0.0), Sketch::key(std::numeric_limits<double>::denorm_min()));
  EXPECT_EQ(Sketch::key(0.0), Sketch::key(-std::numeric_limits<double>::denorm_min()));
  EXPECT_LT(Sketch::key(std::numeric_limits<double>::max()), Sketch::key(inf));
  EXPECT_GT(Sketch::key(std::numeric_limits<double>::lowest()), Sketch::key(-inf));
  for (const double value : {0.0, inf, -inf}) {
    EXPECT_EQ(Sketch::lower_edge(Sketch::key(value)), value);
    EXPECT_EQ(Sketch::upper_edge(Sketch::key(value)), value);
  }
}

TEST(SketchProperty, BinsHoldTheirValuesAreNarrowAndLeaveNoGap) {
  Stream stream(1, 1, Purpose::baseline);
  for (int i = 0; i < 20000; ++i) {
    const double value = (stream.uniform() < 0.5 ? -1 : 1) * std::exp(200 * (stream.uniform() - 0.5));
    const std::uint32_t key = Sketch::key(value);
    const double lower = Sketch::lower_edge(key), upper = Sketch::upper_edge(key);
    ASSERT_LE(lower, value);
    ASSERT_GE(upper, value);
    ASSERT_LT(upper - lower, 0x1p-10 * std::min(std::fabs(lower), std::fabs(upper)));
    ASSERT_EQ(Sketch::key(lower), key);
    ASSERT_EQ(Sketch::key(upper), key);
    ASSERT_EQ(Sketch::key(std::nextafter(upper, inf)), key + 1);
    ASSERT_EQ(Sketch::key(std::nextafter(lower, -inf)), key - 1);
  }
}

// Each order statistic is within a thousandth, so that a quantile between one below and one above 0 is within a
// thousandth of the same mean of their magnitudes.
TEST(SketchOracle, QuantilesAreWithinAThousandthOfThoseOfSortedData) {
  using Draw = std::function<double(Stream&)>;
  const std::vector<Draw> draws = {
      [](Stream& s) { return s.uniform(); },
      [](Stream& s) { return s.normal(); },
      [](Stream& s) { return std::exp(3 * s.normal()); },
      [](Stream& s) { return -1000 * s.exponential(); },
      [](Stream& s) { return std::floor(20 * s.uniform()); },
      [](Stream& s) { return s.normal() / s.normal(); },
  };
  for (std::size_t d = 0; d < draws.size(); ++d) {
    for (const std::size_t n : {1u, 2u, 10u, 999u, 1000u, 50000u}) {
      Stream stream(20250611, static_cast<std::uint32_t>(n), Purpose::baseline, static_cast<std::uint32_t>(d));
      std::vector<double> values(n);
      for (double& value : values) value = draws[d](stream);
      const Sketch sketch = sketch_of(values);
      std::sort(values.begin(), values.end());
      for (const double p : {0.0, 0.01, 0.025, 0.1, 0.25, 0.4, 0.75, 0.9, 0.975, 0.99, 1.0}) {
        const double exact = sample_quantile(values, p);
        EXPECT_NEAR(sketch.quantile(p), exact, 1e-3 * magnitude_quantile(values, p)) << d << " " << n << " " << p;
      }
    }
  }
}

TEST(SketchOracle, ShareAtMostIsThatOfSortedData) {
  Stream stream(1, 2, Purpose::baseline);
  std::vector<double> values(100000);
  for (double& value : values) value = stream.normal();
  const Sketch sketch = sketch_of(values);
  std::sort(values.begin(), values.end());
  for (const double at : {-10.0, -1.0, -0.3, 0.0, 0.7, 2.0, 10.0}) {
    const auto rank = std::upper_bound(values.begin(), values.end(), at) - values.begin();
    // A bin at z = 1 holds about 1e5 * 0.24 * 2^-11 values, of which interpolation misplaces a few.
    EXPECT_NEAR(sketch.share_at_most(at), static_cast<double>(rank) / 1e5, 1e-4) << at;
  }
}

TEST(SketchProperty, InfinitiesTakePart) {
  const Sketch sketch = sketch_of({-inf, 1, 2, inf});
  EXPECT_EQ(sketch.quantile(0), -inf);
  EXPECT_EQ(sketch.quantile(1), inf);
  EXPECT_NEAR(sketch.quantile(0.5), 1.5, 1.5e-3);
  EXPECT_EQ(sketch.share_at_most(-inf), 0.25);
  EXPECT_EQ(sketch.share_at_most(-5), 0.25);
  EXPECT_EQ(sketch.share_at_most(3), 0.75);
  EXPECT_EQ(sketch.share_at_most(inf), 1);
  EXPECT_EQ(sketch_of({1, inf, inf}).quantile(0.5), inf);
  EXPECT_EQ(sketch_of({1, inf}).quantile(0.5), inf);
}

TEST(SketchProperty, NothingGivesNaN) {
  EXPECT_TRUE(std::isnan(Sketch().quantile(0.5)));
  EXPECT_TRUE(std::isnan(Sketch().share_at_most(0)));
  EXPECT_TRUE(std::isnan(sketch_of({1}).quantile(std::nan(""))));
  EXPECT_TRUE(std::isnan(sketch_of({1}).share_at_most(std::nan(""))));
}

// Bins one by one into a map, beside those of blocks in any order.
TEST(SketchOracle, BlocksOfBinsInAnyOrderAreTheSameAsValuesOneByOne) {
  Stream stream(1, 3, Purpose::baseline);
  std::map<std::uint32_t, std::uint64_t> expected;
  std::vector<std::vector<Sketch::Bin>> blocks;
  for (const int size : {500, 0, 1, 40, 500}) {
    std::map<std::uint32_t, std::uint32_t> block;
    for (int i = 0; i < size; ++i) {
      const std::uint32_t key = Sketch::key(i % 7 == 0 ? inf : stream.normal());
      ++block[key], ++expected[key];
    }
    blocks.emplace_back(block.begin(), block.end());
  }
  const std::vector<std::pair<std::uint32_t, std::uint64_t>> bins(expected.begin(), expected.end());
  std::ranges::sort(blocks);
  do {
    Sketch sketch;
    for (const auto& block : blocks) sketch.add(block);
    ASSERT_EQ(sketch.bins(), bins);
    ASSERT_EQ(sketch.count(), 1041u);
  } while (std::next_permutation(blocks.begin(), blocks.end()));
}

TEST(SketchOracle, ValuesOfABinAreSpreadEvenlyAroundItsMiddle) {
  const std::uint32_t key = Sketch::key(1.5);
  const double lower = Sketch::lower_edge(key), width = Sketch::upper_edge(key) - lower;
  Sketch one, four;
  one.add(key, 1), four.add(key, 4);
  EXPECT_DOUBLE_EQ(one.order_statistic(1), lower + width / 2);
  for (std::uint64_t rank = 1; rank <= 4; ++rank)
    EXPECT_DOUBLE_EQ(four.order_statistic(rank), lower + width * (static_cast<double>(rank) - 0.5) / 4);
}

}  // namespace
}  // namespace oligosim

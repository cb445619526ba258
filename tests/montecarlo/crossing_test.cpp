// Where a simulated curve crosses a level, and how well that is known.
#include "engine/montecarlo/crossing.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

constexpr std::array places = {80.0, 90.0, 100.0, 110.0, 125.0};

/// 0/1 answers with probit a + b sqrt(x), in blocks of 100; `shared`: each answer rests on one number at all places.
std::vector<CurvePoint> simulated_power(std::mt19937_64& random, int blocks, bool shared) {
  std::normal_distribution<double> normal;
  std::vector<CurvePoint> points;
  for (const double x : places) points.push_back({x, {}});
  std::uint32_t number = 0;
  for (int b = 0; b < blocks; ++b) {
    for (CurvePoint& p : points) p.blocks.push_back({shared ? number : number++, {}});
    for (int i = 0; i < 100; ++i) {
      double z = normal(random);
      for (CurvePoint& p : points) {
        if (!shared) z = normal(random);
        p.blocks.back().answers.add(z < 0.28 * std::sqrt(p.x) - 1.96);
      }
    }
    if (shared) ++number;
  }
  return points;
}

/// The share of intervals that hold the crossing is theirs, and their width is that of the spread.
void expect_calibrated(bool shared) {
  const double truth = std::pow((normal_quantile(0.8) + 1.96) / 0.28, 2);
  std::mt19937_64 random(5);
  constexpr int times = 1000;
  int held = 0;
  double sum = 0, squares = 0, widths = 0;
  for (int k = 0; k < times; ++k) {
    const Crossing c = find_crossing(simulated_power(random, 20, shared), 0.8, CurveShape::power);
    ASSERT_TRUE(c.found());
    held += c.lower <= truth && truth <= c.upper;
    sum += c.x, squares += c.x * c.x, widths += c.upper - c.lower;
  }
  const double mean = sum / times, sd = std::sqrt(squares / times - mean * mean);
  EXPECT_NEAR(held / double{times}, 0.95, 4 * std::sqrt(0.95 * 0.05 / times));
  EXPECT_NEAR(mean, truth, 4 * sd / std::sqrt(times));
  EXPECT_NEAR(widths / times / 2 / 1.96 / sd, 1, 4 / std::sqrt(2.0 * times) + 0.03);  // 20 clusters: a little narrow
}

TEST(Crossing, PropertyTheIntervalCoversWithRandomNumbersOfTheirOwn) { expect_calibrated(false); }
TEST(Crossing, PropertyTheIntervalCoversWithCommonRandomNumbers) { expect_calibrated(true); }

// With one answer a block the error is that of the delta method for a probit regression.
TEST(Crossing, OracleALineWithoutErrorIsFoundExactly) {
  std::vector<CurvePoint> points;
  for (const double x : places) {
    Moments m;
    m.n = 1000000;
    m.mean = normal_cdf(0.3 * std::sqrt(x) - 2);
    points.push_back({x, {{static_cast<std::uint32_t>(x), m}}});
  }
  const Crossing c = find_crossing(points, 0.8, CurveShape::power);
  EXPECT_NEAR(c.x, std::pow((normal_quantile(0.8) + 2) / 0.3, 2), 1e-7);
  EXPECT_NEAR(c.slope, 0.3, 1e-8);
  EXPECT_NEAR(c.upper - c.lower, 0, 1e-4);
}

TEST(Crossing, OracleAWidthThatGoesWithOneOverTheRoot) {
  std::vector<CurvePoint> points;
  for (const double x : places) {
    Moments m;
    m.n = 1000, m.infinite = 50;
    m.mean = 3 / std::sqrt(x);
    points.push_back({x, {{static_cast<std::uint32_t>(x), m}}});
  }
  const Crossing c = find_crossing(points, 0.31, CurveShape::width);
  EXPECT_NEAR(c.x, std::pow(3 / 0.31, 2), 1e-8);
  EXPECT_NEAR(c.slope, -0.5, 1e-10);
}

TEST(Crossing, ContractNotFoundWhereNothingRises) {
  std::mt19937_64 random(2);
  EXPECT_FALSE(find_crossing({}, 0.8, CurveShape::power).found());
  std::vector<CurvePoint> points = simulated_power(random, 5, false);
  EXPECT_FALSE(find_crossing(std::span(points).first(1), 0.8, CurveShape::power).found());
  std::swap(points[0].blocks, points[4].blocks);
  std::swap(points[1].blocks, points[3].blocks);
  EXPECT_FALSE(find_crossing(points, 0.8, CurveShape::power).found());
  for (CurvePoint& p : points)
    for (CurvePoint::Block& b : p.blocks) b.answers = {.n = 0, .missing = 100};
  EXPECT_FALSE(find_crossing(points, 0.3, CurveShape::width).found());
}

}  // namespace
}  // namespace oligosim

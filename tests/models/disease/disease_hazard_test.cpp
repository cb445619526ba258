// Piecewise hazards of an arm: inversion against numerical integration.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "models/disease/piecewise_hazard.hpp"
#include "models/disease/plain_survival/endpoint_distribution.hpp"

namespace oligosim {
namespace {

using Piece = PiecewiseHazard::Piece;
constexpr double infinity = std::numeric_limits<double>::infinity();

double factor_at(const std::vector<Piece>& pieces, double u, double onset, double effect) {
  const Piece* now = &pieces[0];
  for (const Piece& piece : pieces)
    if (u >= piece.from) now = &piece;
  return now->factor * (now->responds && u >= onset ? effect : 1);
}

/// Midpoint rule on a grid whose cells end at the given jumps, so that it is exact up to rounding.
double integral(const std::vector<Piece>& pieces, double from, double to, double onset, double effect) {
  const int cells = 40000;
  const double width = (to - from) / cells;
  double sum = 0;
  for (int c = 0; c < cells; ++c) sum += factor_at(pieces, from + (c + 0.5) * width, onset, effect) * width;
  return sum;
}

const std::vector<Piece> three_pieces{{0, 0.8, false}, {2, 1.7, true}, {5, 0.4, true}};

TEST(PiecewiseHazard, OracleInverseAgainstNumericalIntegration) {
  const PiecewiseHazard hazard(three_pieces);
  for (const double onset : {1.0, 3.0, 6.5, infinity}) {
    for (const double target : {0.3, 1.6, 2.5, 4.0, 7.5, 20.0}) {
      const double u = hazard.inverse(target, 0, onset, 0.6);
      const double cell = u / 40000 * 1.7;  // an integrand that jumps inside a cell
      EXPECT_NEAR(integral(three_pieces, 0, u, onset, 0.6), target, 3 * cell) << onset << " " << target;
    }
  }
}

TEST(PiecewiseHazard, OracleInverseFromALaterStart) {
  const PiecewiseHazard hazard(three_pieces);
  for (const double start : {0.5, 2.0, 4.0, 9.0}) {
    const double u = hazard.inverse(1.3, start, 3.0, 0.6);
    EXPECT_NEAR(integral(three_pieces, start, u, 3.0, 0.6), 1.3, 3 * (u - start) / 40000 * 1.7) << start;
  }
}

TEST(PiecewiseHazard, PropertyCumulativeUndoesInverse) {
  const PiecewiseHazard hazard(three_pieces);
  for (int k = 1; k < 400; ++k) {
    const double target = 0.03 * k;
    EXPECT_NEAR(hazard.cumulative(hazard.inverse(target, 0, 2.7, 1.8), 2.7, 1.8), target, 1e-13 * target);
  }
}

TEST(PiecewiseHazard, PropertyAnAbsentComponentNeverHappens) {
  EXPECT_EQ(PiecewiseHazard({{0, 0, false}}).inverse(1e-9), infinity);
  EXPECT_EQ(PiecewiseHazard({{0, 1, false}, {3, 0, true}}).inverse(3.5), infinity);
  EXPECT_DOUBLE_EQ(PiecewiseHazard({{0, 0, false}, {3, 2, true}}).inverse(1), 3.5);
  EXPECT_DOUBLE_EQ(PiecewiseHazard({{0, 0, false}, {3, 2, true}}).inverse(3, 0, 4, 0.5), 5.0);
}

TEST(PiecewiseHazard, PropertyAChangeToTheSameFactorChangesNothing) {
  const PiecewiseHazard one({{0, 1.3, true}}), two({{0, 1.3, true}, {2, 1.3, true}});
  for (const double target : {0.7, 2.6, 9.0}) {
    EXPECT_DOUBLE_EQ(one.inverse(target), two.inverse(target));
    EXPECT_DOUBLE_EQ(one.inverse(target, 0, 1.5, 0.6), two.inverse(target, 0, 1.5, 0.6));
  }
}

TEST(EndpointDistribution, OracleDensityIntegratesToSurvival) {
  const EndpointDistribution d = EndpointDistribution({{0, 0.1}, {3, 0.25}, {10, 0.05}}, 0.2).with_hazard_ratio(0.6, 5);
  ASSERT_EQ(d.breaks(), (std::vector<double>{3, 5, 10}));
  double sum = 0;
  const int cells = 300000;
  for (int c = 0; c < cells; ++c) {
    const double width = 30.0 / cells, t = (c + 0.5) * width;
    sum += d.density(t) * width;
    if ((c + 1) % 50000 == 0) {
      EXPECT_NEAR(1 - sum, d.survival(t + width / 2), 1e-9);
    }
  }
}

TEST(EndpointDistribution, PropertySurvivalUndoesInverse) {
  const std::vector<EndpointDistribution> by_arm{
      EndpointDistribution({{0, 0.1}, {3, 0}, {10, 0.05}}, 0.2), EndpointDistribution({{0, 0.1}}),
      EndpointDistribution({{0, 0.3}}, 0.1, 0.7), EndpointDistribution({{0, 0.02}, {5, 0.04}}, 0, 1.4)};
  const std::vector<double> uniform{0.999, 0.9, 0.75, 0.7, 0.4, 0.21, 0.2, 0.1, 0.01};
  // Each arm by itself, and all beside each other.
  for (std::size_t first = 0; first < by_arm.size(); ++first) {
    for (const std::size_t arms : {std::size_t{1}, by_arm.size() - first}) {
      for (const bool ratios : {false, true}) {
        std::vector<double> months, u, ratio;
        std::vector<std::uint8_t> arm;
        for (std::size_t a = 0; a < arms; ++a)
          for (const double value : uniform)
            u.push_back(value), arm.push_back(static_cast<std::uint8_t>(a)), ratio.push_back(0.4 + value);
        months = u;
        if (!ratios) ratio.clear();
        to_months(months, std::span(by_arm).subspan(first, arms), arm, ratio);
        for (std::size_t i = 0; i < u.size(); ++i) {
          const EndpointDistribution& own = by_arm[first + arm[i]];
          const double cured = own.survival(1e9);
          if (u[i] <= cured) {
            EXPECT_EQ(months[i], infinity);
          } else {
            const double base = (own.survival(months[i]) - cured) / (1 - cured);
            EXPECT_NEAR(cured + (1 - cured) * std::pow(base, ratios ? ratio[i] : 1), u[i], 1e-13);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace oligosim

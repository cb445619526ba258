#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/montecarlo/moments.hpp"

namespace oligosim {

/// What was simulated at one place of a curve, in blocks of replicates.
struct CurvePoint {
  struct Block {
    std::uint32_t number;  // blocks of one number share their random numbers, at whichever place
    Moments answers;
  };
  double x = 0;               // above 0
  std::vector<Block> blocks;  // of ascending numbers
};

/// How the mean goes with x near a place: probit of a share with the root of x, as the power of a test whose z grows
/// with the root of its information; log of a positive mean with log x, as the width of an interval.
enum class CurveShape { power, width };

/// Where a curve crosses a level. Not found: NaN.
struct Crossing {
  double x;
  double lower, upper;  // 95 % Monte Carlo interval
  double slope;         // of the line fitted, on its scale
  bool found() const { return x == x; }
};

/// Where the mean crosses `level`, by a line on the scale of `shape` through the points given, which should lie near:
/// binomial quasi-likelihood for shares, constant coefficient of variation for widths. Its error is robust to what
/// blocks of one number share (sandwich estimator with the numbers as clusters: Liang and Zeger 1986); infinite and
/// missing answers are left out of widths and count as 0 in shares. Not found where two places are wanting, or where
/// the line goes the wrong way: power falls, or width rises, with x.
Crossing find_crossing(std::span<const CurvePoint> points, double level, CurveShape shape);

}  // namespace oligosim

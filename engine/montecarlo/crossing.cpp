#include "engine/montecarlo/crossing.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

constexpr double z95 = 1.959963984540054;

/// The scale on which the mean is a line.
struct Scale {
  CurveShape shape;

  double place(double x) const { return shape == CurveShape::power ? std::sqrt(x) : std::log(x); }
  double x(double place) const { return shape == CurveShape::power ? place * place : std::exp(place); }
  double of_mean(double mean) const { return shape == CurveShape::power ? normal_quantile(mean) : std::log(mean); }
  double mean(double line) const { return shape == CurveShape::power ? normal_cdf(line) : std::exp(line); }
  double derivative(double line) const {
    return shape == CurveShape::power ? std::exp(-line * line / 2) / std::sqrt(2 * std::numbers::pi) : std::exp(line);
  }
  /// Up to a constant.
  double variance(double mean) const {
    return shape == CurveShape::power ? std::max(mean * (1 - mean), 1e-12) : mean * mean;
  }
};

/// Count and sum of the answers that count.
struct Sum {
  double n = 0, total = 0;
};

using Places = std::map<std::uint32_t, std::size_t>;  // that have a block of this number

/// A block that shares its random numbers with others tells no more of the height of the curve than one does, so that
/// together they weigh as much as one.
Sum sum_of(const CurvePoint::Block& block, CurveShape shape, const Places& places) {
  const Moments& m = block.answers;
  const double weight = 1 / static_cast<double>(places.at(block.number));
  const auto n = static_cast<double>(m.n);
  const double all = shape == CurveShape::power ? n + static_cast<double>(m.missing + m.infinite) : n;
  return {weight * all, weight * n * m.mean};
}

/// One place of the curve on the scale of the line.
struct Place {
  double u;  // from the middle of the places
  Sum all;
  const CurvePoint* point;
};

using Vector = Eigen::Vector2d;
using Matrix = Eigen::Matrix2d;

/// Quasi-score of a sum at one place, and the information of as many answers.
struct Score {
  Vector score;
  Matrix information;
};

Score score_of(const Sum& sum, double u, const Vector& line, const Scale& scale) {
  const double eta = std::clamp(line[0] + line[1] * u, -30.0, 30.0);
  const double mean = scale.mean(eta), derivative = scale.derivative(eta);
  const double weight = derivative / scale.variance(mean);
  const Vector x(1, u);
  return {weight * (sum.total - sum.n * mean) * x, weight * derivative * sum.n * x * x.transpose()};
}

/// Fisher's scoring from the straight line between the outermost places; the steps it takes are few.
bool fit(std::span<const Place> places, const Scale& scale, Vector& line, Matrix& information) {
  for (int step = 0; step < 100; ++step) {
    Vector score = Vector::Zero();
    information = Matrix::Zero();
    for (const Place& p : places) {
      const Score own = score_of(p.all, p.u, line, scale);
      score += own.score, information += own.information;
    }
    const Eigen::LDLT<Matrix> solver(information);
    if (!(solver.vectorD().minCoeff() > 0)) return false;
    Vector change = solver.solve(score);
    const double size = change.cwiseAbs().maxCoeff();
    if (size > 2) change *= 2 / size;
    line += change;
    if (size < 1e-10) return true;
  }
  return false;
}

/// Scores of one block number, summed over the places.
Matrix between_blocks(std::span<const Place> places, const Places& shared, const Vector& line, const Scale& scale) {
  std::map<std::uint32_t, Vector> of_block;
  for (const Place& p : places)
    for (const CurvePoint::Block& b : p.point->blocks) {
      const Vector score = score_of(sum_of(b, scale.shape, shared), p.u, line, scale).score;
      const auto [entry, is_new] = of_block.try_emplace(b.number, score);
      if (!is_new) entry->second += score;
    }
  Matrix sum = Matrix::Zero();
  for (const auto& [number, score] : of_block) sum += score * score.transpose();
  const auto blocks = static_cast<double>(of_block.size());
  return sum * (blocks / std::max(1.0, blocks - 1));
}

/// Half an answer more on either side, so that a share of 0 or 1 has a place on the scale.
double start(const Sum& sum, const Scale& scale) {
  if (scale.shape == CurveShape::power) return scale.of_mean((sum.total + 0.5) / (sum.n + 1));
  return scale.of_mean(sum.total / sum.n);
}

}  // namespace

Crossing find_crossing(std::span<const CurvePoint> points, double level, CurveShape shape) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const Crossing none{nan, nan, nan, nan};
  const Scale scale{shape};
  std::vector<Place> places;
  double middle = 0, weight = 0;
  Places shared;
  for (const CurvePoint& p : points)
    for (const CurvePoint::Block& b : p.blocks) ++shared[b.number];
  for (const CurvePoint& p : points) {
    Sum sum;
    for (const CurvePoint::Block& b : p.blocks) {
      const Sum own = sum_of(b, shape, shared);
      sum.n += own.n, sum.total += own.total;
    }
    if (!(sum.n > 0) || (shape == CurveShape::width && !(sum.total > 0))) continue;
    places.push_back({scale.place(p.x), sum, &p});
    middle += sum.n * places.back().u, weight += sum.n;
  }
  if (places.size() < 2) return none;
  middle /= weight;
  for (Place& p : places) p.u -= middle;
  const auto [low, high] = std::ranges::minmax_element(places, {}, &Place::u);
  if (!(high->u > low->u)) return none;
  const double rise = (start(high->all, scale) - start(low->all, scale)) / (high->u - low->u);
  Vector line(start(low->all, scale) - rise * low->u, rise);
  Matrix information;
  if (!fit(places, scale, line, information)) return none;
  const bool right_way = shape == CurveShape::power ? line[1] > 0 : line[1] < 0;
  if (!right_way) return none;
  const Matrix inverse = information.inverse();
  const Matrix covariance = inverse * between_blocks(places, shared, line, scale) * inverse;
  const double u = (scale.of_mean(level) - line[0]) / line[1];
  const Vector gradient(-1 / line[1], -u / line[1]);
  const double half = z95 * std::sqrt(gradient.dot(covariance * gradient));
  const double lowest = shape == CurveShape::power ? 0 : -std::numeric_limits<double>::infinity();
  const auto back = [&](double v) { return scale.x(std::max(lowest, v + middle)); };
  return {back(u), back(u - half), back(u + half), line[1]};
}

}  // namespace oligosim

#include "engine/numeric/multivariate_normal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

constexpr std::size_t exact = 3;     // dimensions of normal_polyhedron
constexpr double negligible = 1e-9;  // variance left over by the variables before
constexpr double far = 9.0;          // beyond it lies less than 1e-18

// Z = factor * Y with Y independent: Cholesky with the largest remaining variance next, one row a variable. Rows of
// variables that depend on those before have no column of their own.
struct Factor {
  std::array<std::array<double, max_normal_dimension>, max_normal_dimension> row{};
  std::size_t rank = 0;
};

Factor pivoted_cholesky(std::span<const double> correlation, std::size_t n) {
  Factor f;
  std::array<double, max_normal_dimension> left;
  left.fill(1.0);
  for (; f.rank < n; ++f.rank) {
    const std::size_t c = f.rank;
    const auto largest = static_cast<std::size_t>(std::max_element(left.begin(), left.begin() + n) - left.begin());
    if (left[largest] <= negligible) break;
    const double pivot = std::sqrt(left[largest]);
    for (std::size_t j = 0; j < n; ++j) {
      if (left[j] < 0.0) continue;  // has its column
      double sum = correlation[j * n + largest];
      for (std::size_t m = 0; m < c; ++m) sum -= f.row[j][m] * f.row[largest][m];
      f.row[j][c] = j == largest ? pivot : sum / pivot;
      left[j] = std::max(0.0, left[j] - f.row[j][c] * f.row[j][c]);
    }
    left[largest] = -1.0;
  }
  return f;
}

// coefficient . Y <= bound.
struct Constraint {
  std::array<double, max_normal_dimension> coefficient;
  double bound;
};

class Box {
 public:
  Box(std::span<const double> lower, std::span<const double> upper, const Factor& factor)
      : sampled_(factor.rank > exact ? factor.rank - exact : 0) {
    for (std::size_t i = 0; i < lower.size(); ++i) {
      Constraint c{factor.row[i], upper[i]};
      if (upper[i] < std::numeric_limits<double>::infinity()) add(c);
      for (double& x : c.coefficient) x = -x;
      c.bound = -lower[i];
      if (c.bound < std::numeric_limits<double>::infinity()) add(c);
    }
  }

  std::size_t sampled() const { return sampled_; }

  // P(Y_1 ... Y_m inside, the rest inside given those), where Y_c is drawn at quantile u_c of its range.
  NormalProbability given(const std::array<double, max_normal_dimension>& u) const {
    std::array<double, max_normal_dimension> y{};
    double weight = 1.0;
    for (std::size_t c = 0; c < sampled_; ++c) {
      const auto [lo, hi] = range(c, y);
      if (!(lo < hi)) return {0.0, 1.0};
      // In the tail where the numbers are small.
      const bool mirrored = lo > 0.0;
      const double a = normal_cdf(mirrored ? -hi : lo), b = normal_cdf(mirrored ? -lo : hi);
      const double z = std::clamp(normal_quantile(a + u[c] * (b - a)), -far, far);
      y[c] = mirrored ? -z : z;
      weight *= b - a;
    }
    if (!(weight > 0.0)) return {0.0, 1.0};
    std::array<HalfSpace, max_half_spaces> half_spaces;
    for (std::size_t k = 0; k < spatial_; ++k) {
      const Constraint& s = spatial_constraint_[k];
      double bound = s.bound;
      for (std::size_t c = 0; c < sampled_; ++c) bound -= s.coefficient[c] * y[c];
      const double* x = &s.coefficient[sampled_];
      const double length = std::sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]);
      half_spaces[k] = {{x[0] / length, x[1] / length, x[2] / length}, bound / length};
    }
    const NormalProbability p = normal_polyhedron({half_spaces.data(), spatial_});
    return {weight * p.inside, sampled_ == 0 ? p.outside : 1.0 - weight * p.inside};
  }

 private:
  void add(const Constraint& c) {
    double square = 0.0;
    for (std::size_t i = sampled_; i < sampled_ + exact; ++i) square += c.coefficient[i] * c.coefficient[i];
    if (square > negligible) {
      spatial_constraint_[spatial_++] = c;
    } else {
      sampled_constraint_[planar_++] = c;
    }
  }

  // The range of Y_c that is left by the constraints that involve no later one.
  std::pair<double, double> range(std::size_t c, const std::array<double, max_normal_dimension>& y) const {
    double lo = -std::numeric_limits<double>::infinity(), hi = -lo;
    for (std::size_t k = 0; k < planar_; ++k) {
      const Constraint& s = sampled_constraint_[k];
      std::size_t last = sampled_ - 1;
      while (last > 0 && s.coefficient[last] * s.coefficient[last] <= negligible) --last;
      if (last != c) continue;
      double room = s.bound;
      for (std::size_t i = 0; i < c; ++i) room -= s.coefficient[i] * y[i];
      if (s.coefficient[c] > 0.0) hi = std::min(hi, room / s.coefficient[c]);
      if (s.coefficient[c] < 0.0) lo = std::max(lo, room / s.coefficient[c]);
    }
    return {lo, hi};
  }

  std::size_t sampled_;
  std::array<Constraint, max_half_spaces> sampled_constraint_, spatial_constraint_;
  std::size_t planar_ = 0, spatial_ = 0;
};

struct Lattice {
  std::size_t points;
  std::size_t generator;  // Korobov: 1, g, g^2, ...
};
constexpr Lattice lattices[] = {{48, 1}, {2584, 1597}, {4093, 219}, {4093, 219}, {4093, 219}};

struct Quantile {
  double value;
  double slope;
};

// A change of variable that makes the integrand periodic: sin^4 (Sidi 1993), or in many dimensions, where that leaves
// too few points that count, a tent.
Quantile periodic(double t, std::size_t dimensions) {
  if (dimensions > 3) return {1.0 - std::abs(2.0 * t - 1.0), 1.0};
  const double angle = 2.0 * std::numbers::pi * t, s = std::sin(0.5 * angle);
  const double value = t - (8.0 * std::sin(angle) - std::sin(2.0 * angle)) / (12.0 * std::numbers::pi);
  return {std::clamp(value, 0.0, 1.0), 8.0 / 3.0 * s * s * s * s};  // its rounding leaves the ends
}

double over_lattice(const Box& box) {
  const Lattice& lattice = lattices[box.sampled() - 1];
  double sum = 0.0;
  for (std::size_t i = 0; i < lattice.points; ++i) {
    std::array<double, max_normal_dimension> u{};
    double slope = 1.0;
    std::size_t multiple = i;
    for (std::size_t c = 0; c < box.sampled(); ++c) {
      const double t = (static_cast<double>(multiple % lattice.points) + 0.5) / static_cast<double>(lattice.points);
      const Quantile q = periodic(t, box.sampled());
      u[c] = q.value;
      slope *= q.slope;
      multiple = multiple % lattice.points * lattice.generator;
    }
    sum += slope * box.given(u).inside;
  }
  return sum / static_cast<double>(lattice.points);
}

}  // namespace

NormalProbability multivariate_normal(std::span<const double> lower, std::span<const double> upper,
                                      std::span<const double> correlation) {
  for (std::size_t i = 0; i < lower.size(); ++i)
    if (!(lower[i] <= upper[i])) return {0.0, 1.0};
  const Box box(lower, upper, pivoted_cholesky(correlation, lower.size()));
  if (box.sampled() == 0) return box.given({});
  const double inside = over_lattice(box);
  return {inside, 1.0 - inside};
}

}  // namespace oligosim

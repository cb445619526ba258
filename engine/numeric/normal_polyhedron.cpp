#include "engine/numeric/normal_polyhedron.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace oligosim {

namespace {

using Vector = std::array<double, 3>;

constexpr double infinity = std::numeric_limits<double>::infinity();

double dot(const Vector& a, const Vector& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Vector cross(const Vector& a, const Vector& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

struct Node {
  double at, weight;
};

// Gauss-Legendre with 10 nodes on (-1, 1): the positive half.
constexpr Node nodes[] = {{0.14887433898163121, 0.29552422471475287},
                          {0.43339539412924719, 0.26926671930999636},
                          {0.67940956829902441, 0.21908636251598204},
                          {0.86506336668898451, 0.14945134915058059},
                          {0.97390652851717172, 0.06667134430868814}};

// The integral over lo < x < hi of d / (d^2 + x^2) h / R erfc(R / sqrt 2), R^2 = h^2 + d^2 + x^2, along an edge at
// distance d from the foot of the perpendicular of length h. With x = d sinh u the integrand is analytic for
// |Im u| < pi / 2, so that panels of length 1 do.
double along_edge(double h, double d, double lo, double hi) {
  if (hi < 0.0) return along_edge(h, d, -hi, -lo);
  const double nearest = std::max(lo, 0.0);
  const double farthest = std::sqrt(nearest * nearest + 80.0);  // there the integrand has fallen by exp(-40)
  const double from = std::asinh(std::max(lo, -farthest) / d), to = std::asinh(std::min(hi, farthest) / d);
  const double panels = std::max(1.0, std::ceil(to - from));
  const double half = 0.5 * (to - from) / panels;
  const auto integrand = [h, d](double u) {
    const double c = std::cosh(u);
    const double r = std::sqrt(h * h + d * d * c * c);
    return h * std::erfc(r / std::numbers::sqrt2) / (c * r);
  };
  double sum = 0.0;
  for (double panel = 0.0; panel < panels; ++panel) {
    const double middle = from + (2.0 * panel + 1.0) * half;
    for (const Node& n : nodes) sum += n.weight * (integrand(middle - n.at * half) + integrand(middle + n.at * half));
  }
  return sum * half;
}

// A face's border line within its plane: direction . x <= distance, seen from the foot of the perpendicular.
struct Line {
  Vector direction;
  double distance;
};

class Face {
 public:
  Face(std::span<const HalfSpace> half_spaces, std::size_t own)
      : normal_(half_spaces[own].normal), bound_(half_spaces[own].bound) {
    for (std::size_t k = 0; k < half_spaces.size(); ++k)
      if (k != own) add_line(half_spaces[k], k < own);
  }

  // The normal probability of what lies beyond the face as seen from the origin, or before it, if it turns its back.
  double beyond() const {
    if (empty_) return 0.0;
    const double h = std::abs(bound_);
    bool foot_inside = true;
    for (std::size_t k = 0; k < lines_; ++k) foot_inside = foot_inside && line_[k].distance >= 0.0;
    double sum = foot_inside ? 2.0 * std::numbers::pi * std::erfc(h / std::numbers::sqrt2) : 0.0;
    for (std::size_t k = 0; k < lines_; ++k) {
      const auto [lo, hi] = edge(k);
      const double d = line_[k].distance;
      if (lo < hi) sum -= std::copysign(along_edge(h, std::max(std::abs(d), 1e-30), lo, hi), d);
    }
    return sum / (4.0 * std::numbers::pi);
  }

 private:
  void add_line(const HalfSpace& other, bool earlier) {
    const double cosine = dot(normal_, other.normal);
    const double beyond = other.bound - cosine * bound_;
    Vector direction = other.normal;
    for (std::size_t i = 0; i < 3; ++i) direction[i] -= cosine * normal_[i];
    const double sine = std::sqrt(dot(direction, direction));
    if (sine < 1e-10) {  // parallel: all of the face is in, or none; of a plane given twice the first counts
      empty_ = empty_ || beyond < 0.0 || (cosine > 0.0 && beyond == 0.0 && earlier);
      return;
    }
    for (double& x : direction) x /= sine;
    line_[lines_++] = {direction, beyond / sine};
  }

  // The part of line k, as distances along it from its own foot, that the other lines leave.
  std::pair<double, double> edge(std::size_t k) const {
    const Vector along = cross(normal_, line_[k].direction);
    double lo = -infinity, hi = infinity;
    for (std::size_t l = 0; l < lines_; ++l) {
      if (l == k) continue;
      const double slope = dot(line_[l].direction, along);
      const double room = line_[l].distance - line_[k].distance * dot(line_[l].direction, line_[k].direction);
      if (std::abs(slope) < 1e-13) {
        if (room < 0.0) return {0.0, 0.0};
      } else if (slope > 0.0) {
        hi = std::min(hi, room / slope);
      } else {
        lo = std::max(lo, room / slope);
      }
    }
    return {lo, hi};
  }

  Vector normal_;
  double bound_;
  bool empty_ = false;
  std::array<Line, max_half_spaces> line_;
  std::size_t lines_ = 0;
};

}  // namespace

NormalProbability normal_polyhedron(std::span<const HalfSpace> half_spaces) {
  // Moved by unequal trifles, so that no plane meets the origin and no four planes a point.
  std::array<HalfSpace, max_half_spaces> moved;
  bool origin_inside = true;
  for (std::size_t k = 0; k < half_spaces.size(); ++k) {
    moved[k] = half_spaces[k];
    moved[k].bound += 1e-12 * (1.0 + 0.618 * static_cast<double>(k));
    origin_inside = origin_inside && moved[k].bound > 0.0;
  }
  const std::span<const HalfSpace> all(moved.data(), half_spaces.size());
  double sum = 0.0;
  for (std::size_t k = 0; k < all.size(); ++k) sum += std::copysign(Face(all, k).beyond(), all[k].bound);
  if (origin_inside) return {1.0 - sum, sum};
  return {-sum, 1.0 + sum};
}

}  // namespace oligosim

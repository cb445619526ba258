#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace oligosim {

/// The points of space with normal . x <= bound. `normal` has length 1.
struct HalfSpace {
  std::array<double, 3> normal{};
  double bound = 0;
};

struct NormalProbability {
  double inside = 0;
  double outside = 0;  // with its own relative accuracy where the origin is inside
};

inline constexpr std::size_t max_half_spaces = 16;

/// The standard normal probability of the polyhedron in which up to 16 half-spaces meet, which need not be bounded or
/// have a point: absolute error below 1e-11.
///
/// Seen from the origin, a ray leaves the polyhedron at distance R with probability P(chi with 3 degrees of freedom >
/// R) of a point beyond. Integrated over the directions of a face, in polar coordinates around the foot of the
/// perpendicular, the radial part has the antiderivative -erfc(R / sqrt 2) / R, which leaves one smooth integral along
/// each edge. Faces that turn their back to the origin count with the other sign.
NormalProbability normal_polyhedron(std::span<const HalfSpace> half_spaces);

}  // namespace oligosim

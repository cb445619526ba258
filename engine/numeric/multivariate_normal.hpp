#pragma once

#include <cstddef>
#include <span>

#include "engine/numeric/normal_polyhedron.hpp"

namespace oligosim {

inline constexpr std::size_t max_normal_dimension = 8;

/// P(lower_i <= Z_i <= upper_i for all i) of a normal vector with mean 0, variances 1 and this correlation matrix
/// (row-major, up to 8 x 8), which may be singular; limits may be infinite. No randomness, no memory.
///
/// Of the rank of the matrix, three dimensions are integrated exactly (normal_polyhedron), any further ones by
/// separation of variables (Genz 1992; Genz and Kwong 2000 for singular matrices) over a fixed lattice. Absolute error
/// below 1e-10 up to rank 3 (5 to 40 microseconds), 1e-8 at rank 4 (one millisecond), 1e-5 at rank 5 (20 milliseconds),
/// and a few 1e-4 from 6 on (as many), of variables as correlated as weighted log-rank tests.
NormalProbability multivariate_normal(std::span<const double> lower, std::span<const double> upper,
                                      std::span<const double> correlation);

}  // namespace oligosim

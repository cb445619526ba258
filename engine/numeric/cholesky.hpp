#pragma once

#include <cstddef>
#include <span>

namespace oligosim {

/// Replaces the lower triangle of a symmetric matrix (row-major, n x n) by its Cholesky factor L, A = L L'. False
/// where a pivot is not above `smallest_pivot`: the matrix is singular to that accuracy.
bool cholesky(std::span<double> matrix, std::size_t n, double smallest_pivot);

/// Replaces b by the solution of A x = b.
void cholesky_solve(std::span<const double> factor, std::span<double> b);

/// Writes the inverse of A (row-major, both triangles).
void cholesky_inverse(std::span<const double> factor, std::size_t n, std::span<double> inverse);

}  // namespace oligosim

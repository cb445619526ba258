#include "engine/numeric/cholesky.hpp"

#include <cmath>

namespace oligosim {

bool cholesky(std::span<double> matrix, std::size_t n, double smallest_pivot) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) rest -= matrix[i * n + k] * matrix[j * n + k];
      if (i > j) {
        matrix[i * n + j] = rest / matrix[j * n + j];
      } else {
        if (!(rest > smallest_pivot)) return false;
        matrix[i * n + i] = std::sqrt(rest);
      }
    }
  }
  return true;
}

void cholesky_solve(std::span<const double> factor, std::span<double> b) {
  const std::size_t n = b.size();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= factor[i * n + k] * b[k];
    b[i] /= factor[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= factor[k * n + i] * b[k];
    b[i] /= factor[i * n + i];
  }
}

void cholesky_inverse(std::span<const double> factor, std::size_t n, std::span<double> inverse) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<double> row = inverse.subspan(i * n, n);  // column i of the inverse, which is symmetric
    for (double& value : row) value = 0.0;
    row[i] = 1.0;
    cholesky_solve(factor, row);
  }
}

}  // namespace oligosim

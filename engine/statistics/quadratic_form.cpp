#include "engine/statistics/quadratic_form.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/cholesky.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

double quadratic_form(std::span<const double> matrix, std::span<const double> a, std::span<const double> scale,
                      double smallest_pivot, Arena& arena) {
  const std::size_t n = a.size();
  const Arena::Scope scope(arena);
  const std::span<double> factor = arena.take<double>(n * n);
  const std::span<double> scaled = arena.take<double>(n), solution = arena.take<double>(n);
  for (std::size_t j = 0; j < n; ++j) {
    if (!(scale[j] > 0.0)) return missing;
    scaled[j] = solution[j] = a[j] / std::sqrt(scale[j]);
    for (std::size_t k = 0; k <= j; ++k) {
      factor[j * n + k] = matrix[j * n + k] / (std::sqrt(scale[j]) * std::sqrt(scale[k]));
    }
  }
  if (!cholesky(factor, n, smallest_pivot)) return missing;
  cholesky_solve(factor, solution);
  double form = 0.0;
  for (std::size_t j = 0; j < n; ++j) form += scaled[j] * solution[j];
  return form;
}

}  // namespace oligosim

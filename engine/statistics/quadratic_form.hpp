#pragma once

#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// a' M^-1 a of a symmetric M (row-major, its lower triangle is read): the statistic of a score or Wald test. Row and
/// column j are divided by the square root of scale[j] first, so that pivots compare; NaN where a scale is not
/// positive or a pivot not above `smallest_pivot`.
double quadratic_form(std::span<const double> matrix, std::span<const double> a, std::span<const double> scale,
                      double smallest_pivot, Arena& arena);

}  // namespace oligosim

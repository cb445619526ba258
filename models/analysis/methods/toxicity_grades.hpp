#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "models/cohort/cohort.hpp"

namespace oligosim {

/// What tables of adverse events count (CTCAE grades, 0 for none).
enum class GradeClass { any_grade, grade_1_2, grade_3_or_more };
inline constexpr std::array<const char*, 3> grade_class_names = {"any_grade", "grade_1_2", "grade_3_or_more"};
inline constexpr std::size_t grade_classes = grade_class_names.size();

inline bool is_of(double grade, GradeClass c) {
  if (c == GradeClass::any_grade) return grade >= 1;
  return c == GradeClass::grade_1_2 ? grade >= 1 && grade < 3 : grade >= 3;
}

/// The worst of the known grades of one patient; NaN if none is known.
inline double worst_grade(const Cohort& cohort, std::span<const std::size_t> columns, std::size_t patient) {
  double worst = std::nan("");
  for (const std::size_t column : columns) worst = std::fmax(worst, cohort.numbers(column)[patient]);
  return worst;
}

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/io/config.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// A condition on one column. A patient whose value is missing meets `missing` alone.
struct Condition {
  enum class Kind { among_levels, among_numbers, range, known, unknown };
  std::size_t column = 0;
  Kind kind = Kind::range;
  std::vector<std::uint8_t> codes;  // accepted category codes
  std::vector<double> numbers;      // accepted numbers
  Range range;                      // accepted range

  bool meets(const Cohort& cohort, std::size_t row) const;
};

bool meets_all(std::span<const Condition> conditions, const Cohort& cohort, std::size_t row);

/// Reads `{column: value, column: [values], column: {above, at_least, below, at_most: number}, column: present,
/// column: missing}`, all of which must hold.
std::vector<Condition> read_conditions(ConfigNode node, const Columns& columns);

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// A condition on one column. A patient whose value is missing does not meet it.
struct Condition {
  enum class Kind { among_levels, among_numbers, range };
  std::size_t column = 0;
  Kind kind = Kind::range;
  std::vector<std::uint8_t> codes;  // accepted category codes
  std::vector<double> numbers;      // accepted numbers
  Range range;                      // accepted range
};

/// A named part of the patients: those who meet every condition.
struct Population {
  std::string name;
  std::vector<Condition> conditions;

  /// 1 for members, one a row.
  void members(const Cohort& cohort, std::span<std::uint8_t> out) const;
};

/// Reads `NAME: {column: value, column: [values], column: {above, at_least, below, at_most: number}}`.
Population read_population(const std::string& name, ConfigNode node, const Columns& columns);

}  // namespace oligosim

#pragma once

#include <optional>
#include <string>

#include "models/analysis/analysis.hpp"

namespace oligosim {

/// Beside Analysis, of those whose first number is the difference of a proportion between two groups.
class TwoProportionsTest {
 public:
  virtual ~TwoProportionsTest() = default;
  /// The column whose ones are counted; nothing where the entry counts something else.
  virtual std::optional<std::string> counted() const = 0;
  /// COLUMN=LEVEL of the group whose proportion is less the other's.
  virtual std::string compared() const = 0;
  /// The difference of the null hypothesis.
  virtual double null_difference() const = 0;
};

}  // namespace oligosim

#pragma once

#include <cstddef>

namespace oligosim {

/// A disease model some of whose patients may come without a value of a covariate.
class IncompleteBaseline {
 public:
  virtual ~IncompleteBaseline() = default;
  /// How many of the patients drawn from have none of baseline()[column].
  virtual std::size_t missing(std::size_t column) const = 0;
};

}  // namespace oligosim

#pragma once

#include <optional>
#include <string>

namespace oligosim {

/// A yes/no column of which a method counts the ones among those known, or the zeros.
struct CountedOutcome {
  std::string column;
  bool ones = true;

  double share(double share_of_ones) const { return ones ? share_of_ones : 1 - share_of_ones; }
};

/// Nothing where the value counted is neither.
inline std::optional<CountedOutcome> counted_outcome(const std::string& column, double success) {
  if (success != 1 && success != 0) return {};
  return CountedOutcome{column, success == 1};
}

}  // namespace oligosim

#pragma once

#include <optional>

#include "models/analysis/analysis.hpp"

namespace oligosim {

/// Beside Analysis, of those whose first number tests a hazard ratio of two groups.
class HazardRatioTest {
 public:
  virtual ~HazardRatioTest() = default;
  /// The hazard ratio of the null hypothesis; nothing where the entry, as written, tests something else.
  virtual std::optional<double> null_ratio() const = 0;
};

/// The hazard ratio that an analysis tests against; nothing if it tests something else.
inline std::optional<double> null_ratio(const Analysis& analysis) {
  const auto* test = dynamic_cast<const HazardRatioTest*>(&analysis);
  return test ? test->null_ratio() : std::nullopt;
}

}  // namespace oligosim

#pragma once

#include <optional>

#include "models/analysis/analysis.hpp"
#include "models/analysis/methods/counted_outcome.hpp"

namespace oligosim {

/// Beside Analysis, of those whose first number may be one proportion of all patients, as a design counts responses.
class OneProportion {
 public:
  virtual ~OneProportion() = default;
  /// Whether it is: no groups, no population, no clusters.
  virtual bool of_all() const = 0;
  /// The same, or of the patients of one population.
  virtual bool of_one_group() const = 0;
  /// Nothing where it counts something else.
  virtual std::optional<CountedOutcome> counted() const = 0;
};

/// The analysis as a proportion of all patients; null if it is something else.
inline const OneProportion* one_proportion(const Analysis& analysis) {
  const auto* proportion = dynamic_cast<const OneProportion*>(&analysis);
  return proportion && proportion->of_all() ? proportion : nullptr;
}

}  // namespace oligosim

#pragma once

#include "models/analysis/analysis.hpp"
#include "models/analysis/methods/historical_curve.hpp"

namespace oligosim {

/// Beside Analysis, of those whose first number tests all patients against historical ones.
class OneSampleTest {
 public:
  virtual ~OneSampleTest() = default;
  /// The historical patients; null where only some patients are tested, or in groups.
  virtual const HistoricalCurve* historical() const = 0;
};

}  // namespace oligosim

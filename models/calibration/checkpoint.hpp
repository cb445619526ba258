#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/calibration/point_fit.hpp"

namespace oligosim {

/// What a calibration has found so far, so that it can go on after an interruption with the same bytes.
struct Checkpoint {
  std::optional<PointFit> fit;
  std::vector<std::optional<CohortMoments>> bank;  // by design point

  /// Text that reads back the same to the bit. `identity`: of what decides the numbers.
  std::string text(const std::string& identity) const;
  /// Nothing where the text is of another identity. Throws std::runtime_error where it is torn.
  static std::optional<Checkpoint> read(const std::string& text, const std::string& identity);
};

}  // namespace oligosim

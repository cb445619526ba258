#pragma once

#include <string>

#include "models/calibration/findings.hpp"

namespace oligosim {

/// What the page says besides the results.
struct CalibrationFacts {
  std::string program;  // name, version, revision
  std::string hash;     // of the targets
  std::string command;  // that makes this again
};

/// The report of a calibration: what it comes to, what is not identified and not reconciled, targets against the model,
/// parameters, posterior correlations, predictive distributions, method, and how to make it again.
std::string calibration_page(const Calibration& calibration, const CalibrationResult& result,
                             const CalibrationFacts& facts);

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "models/trial/arms.hpp"

namespace oligosim {

/// Levels of a baseline category.
struct Subgroup {
  std::size_t column = 0;    // of the baseline
  std::uint32_t levels = 0;  // one bit a level
  bool has(std::uint8_t level) const { return level < 32 && (levels >> level & 1U) != 0; }
};

/// When the trial is analysed: once so many events of an endpoint are known, or so many patients have entered, or on a
/// date; and not before the last patient, or the last of so many, has been followed for some time.
struct Look {
  std::optional<std::size_t> events;    // at this number of events ...
  std::size_t endpoint = 0;             // ... of this endpoint of the disease model
  std::optional<double> month;          // or at this month since the study opened
  std::optional<std::size_t> patients;  // or once so many have entered ...
  bool pauses = false;                  // ... and then nobody enters until the look
  double follow_up_months = 0;          // of the last patient, or the last of so many
  double information = 1;               // fraction of the final information, as planned
  std::optional<Subgroup> among;        // the events counted are of these patients alone ...
  std::optional<ArmSet> of_arms;        // ... or of these arms
  bool counted = false;                 // the events of the endpoint known at the look matter
};

}  // namespace oligosim

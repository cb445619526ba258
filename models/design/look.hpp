#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/trial/arms.hpp"

namespace oligosim {

/// Levels of a baseline category.
struct Subgroup {
  std::size_t column = 0;    // of the baseline
  std::uint32_t levels = 0;  // one bit a level
  bool has(std::uint8_t level) const { return level < 32 && (levels >> level & 1U) != 0; }
};

/// When the trial is analysed: once so many events of an endpoint are known, or so many patients have entered, or on a
/// date; and not before the last patient, or the last of so many, has been followed for some time. What is waited for
/// may have dates between which the look is held, and a time since the look before.
struct Look {
  std::optional<std::size_t> events;     // at this number of events ...
  std::size_t endpoint = 0;              // ... of this endpoint of the disease model
  std::optional<double> month;           // or at this month since the study opened
  std::optional<std::size_t> patients;   // or once so many have entered ...
  bool pauses = false;                   // ... and then nobody enters until the look
  double follow_up_months = 0;           // of the last patient, or the last of so many
  std::optional<double> earliest_month;  // since the study opened: not before ...
  std::optional<double> latest_month;    // ... and then, whatever has come; but
  double gap_months = 0;                 // not sooner after the look before
  double information = 1;                // fraction of the final information, as planned
  std::optional<Subgroup> among;         // the events counted are of these patients alone ...
  std::optional<ArmSet> of_arms;         // ... or of these arms
  bool counted = false;                  // the events of the endpoint known at the look matter

  /// Whether dates may move it from the day of what it waits for.
  bool dated() const { return earliest_month || latest_month || gap_months > 0; }
};

/// The calendar day on which a look is held that has what it waits for on a day: never before the look before it,
/// which was held on the day `before`.
inline double day_held(double waits, const Look& look, double days_per_month, double before) {
  double day = waits;
  if (look.latest_month) day = std::min(day, *look.latest_month * days_per_month);
  if (look.earliest_month) day = std::max(day, *look.earliest_month * days_per_month);
  return std::max(day, before + look.gap_months * days_per_month);
}

/// Months before which the looks are not held, whatever comes; 0 where that is not known.
inline std::vector<double> soonest_months(std::span<const Look> looks) {
  std::vector<double> months;
  for (const Look& look : looks) {
    const double own = std::max(look.month.value_or(0), look.earliest_month.value_or(0));
    months.push_back(std::max(own, months.empty() ? 0 : months.back() + look.gap_months));
  }
  return months;
}

}  // namespace oligosim

#pragma once

#include <algorithm>

#include "models/trial/trial.hpp"

namespace oligosim {

/// What is known on the very day of the look is known, whatever rounding leaves of entry and follow-up.
inline constexpr double same_moment_days = 1e-6;

/// Days of a patient's follow-up on a calendar day.
inline double followed(const Patients& patients, std::size_t i, double day) {
  return std::min(patients.dropout_day[i], day - patients.enrollment_day[i]);
}

/// Whether an event is known on a calendar day. Compared on the calendar, where the day of an event-driven look is that
/// of its last event to the bit. Of one patient, or of several side by side: then all bits of each, or none.
template <class Days>
auto is_seen(const Days& event, const Days& dropout, const Days& entry, double day) {
  return (event <= dropout) & (entry + event <= day);
}

}  // namespace oligosim

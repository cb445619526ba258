#pragma once

namespace oligosim {

/// Whether an event is known on a calendar day. Compared on the calendar, where the day of an event-driven look is that
/// of its last event to the bit. Of one patient, or of several side by side: then all bits of each, or none.
template <class Days>
auto is_seen(const Days& event, const Days& dropout, const Days& entry, double day) {
  return (event <= dropout) & (entry + event <= day);
}

}  // namespace oligosim

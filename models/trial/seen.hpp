#pragma once

namespace oligosim {

/// Whether an event is known on a calendar day. Compared on the calendar, where the day of an event-driven look is that
/// of its last event to the bit.
inline bool is_seen(double event, double dropout, double entry, double day) {
  return (event <= dropout) & (entry + event <= day);
}

}  // namespace oligosim

#include "engine/statistics/survival/counting_process.hpp"

#include <algorithm>
#include <limits>

namespace oligosim {

SwitchedRows split_at_switch(std::span<const double> time, std::span<const std::uint8_t> event,
                             std::span<const double> known_from, Arena& arena) {
  constexpr double beginning = -std::numeric_limits<double>::infinity();
  const auto in_two_rows = [&](std::size_t i) { return known_from[i] >= 0 && known_from[i] < time[i]; };
  std::size_t rows = time.size();
  for (std::size_t i = 0; i < time.size(); ++i) rows += in_two_rows(i);
  const std::span<std::uint32_t> patient = arena.take<std::uint32_t>(rows);
  const std::span<double> start = arena.take<double>(rows), stop = arena.take<double>(rows);
  const std::span<std::uint8_t> row_event = arena.take<std::uint8_t>(rows);
  const std::span<double> switched = arena.take<double>(rows);
  std::size_t r = 0;
  const auto add = [&](std::size_t i, double from, double to, bool has_event, double value) {
    patient[r] = static_cast<std::uint32_t>(i);
    start[r] = from;
    stop[r] = to;
    row_event[r] = has_event;
    switched[r++] = value;
  };
  for (std::size_t i = 0; i < time.size(); ++i) {
    if (in_two_rows(i)) {
      add(i, beginning, known_from[i], false, 0.0);
      add(i, known_from[i], time[i], event[i], 1.0);
    } else {
      add(i, beginning, time[i], event[i], known_from[i] < time[i]);
    }
  }
  return {patient, start, stop, row_event, switched};
}

std::span<const std::uint32_t> order_by_start(std::span<const double> start, std::span<const std::uint32_t> end,
                                              Arena& arena) {
  const std::span<std::uint32_t> order = arena.take<std::uint32_t>(start.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::uint32_t begin = 0;
  for (const std::uint32_t e : end) {
    std::sort(order.begin() + begin, order.begin() + e,
              [&](std::uint32_t a, std::uint32_t b) { return start[a] > start[b] || (start[a] == start[b] && a > b); });
    begin = e;
  }
  return order;
}

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// Right-censored times of one endpoint, sorted once: ascending, at a tie events before censorings, then by row.
/// All spans have one element a patient, in that order. Times are compared exactly: whole days, or continuous times
/// without ties (R survival's timefix has nothing to do on such data).
struct SurvivalTable {
  std::span<const double> time;
  std::span<const std::uint8_t> event;  // 1 event, 0 censored
  std::span<const std::uint32_t> row;   // the patient's row in the data set

  std::size_t size() const { return time.size(); }
};

/// Sorts the rows whose time is not NaN. `time` and `event` have one element a row of the data set.
SurvivalTable sort_survival(std::span<const double> time, std::span<const std::uint8_t> event, Arena& arena);

/// The part of a table whose rows have `keep[row] != 0`, still sorted.
SurvivalTable filter(const SurvivalTable& table, std::span<const std::uint8_t> keep, Arena& arena);

/// The same times with deaths as censorings and censorings as events, sorted again: for the reverse Kaplan-Meier.
SurvivalTable reversed(const SurvivalTable& table, Arena& arena);

/// `values[row]` in the order of the table.
template <class T>
std::span<T> in_table_order(const SurvivalTable& table, std::span<const T> values, Arena& arena) {
  std::span<T> ordered = arena.take<T>(table.size());
  for (std::size_t i = 0; i < table.size(); ++i) ordered[i] = values[table.row[i]];
  return ordered;
}

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"

namespace oligosim {

/// The known values of one column, sorted once: ascending, at a tie by row.
struct Sample {
  std::span<const double> value;
  std::span<const std::uint32_t> row;  // in the data set

  std::size_t size() const { return value.size(); }
};

/// Sorts the rows whose value is not NaN and that have keep[row] != 0; an empty `keep` keeps all.
Sample sort_sample(std::span<const double> value, std::span<const std::uint8_t> keep, Arena& arena);

/// `values[row]` in the order of the sample.
template <class T>
std::span<T> in_sample_order(const Sample& sample, std::span<const T> values, Arena& arena) {
  const std::span<T> ordered = arena.take<T>(sample.size());
  for (std::size_t i = 0; i < sample.size(); ++i) ordered[i] = values[sample.row[i]];
  return ordered;
}

}  // namespace oligosim

#include "engine/numeric/ascending_rows.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "engine/numeric/value_range.hpp"

namespace oligosim {

namespace {

std::span<std::uint32_t> known_rows(std::span<const double> value, Arena& arena) {
  const std::span<std::uint32_t> row = arena.take<std::uint32_t>(value.size());
  std::size_t n = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    row[n] = static_cast<std::uint32_t>(i);
    n += !std::isnan(value[i]);
  }
  return row.first(n);
}

/// Moves each row to its place, past those whose values are above its own; rows of one value keep their order. False
/// where the moves are many.
bool insert_each(std::span<std::uint32_t> row, std::span<const double> value) {
  const std::size_t most = 8 * row.size();
  std::size_t moves = 0;
  for (std::size_t i = 1; i < row.size() && moves < most; ++i) {
    const std::uint32_t own = row[i];
    std::size_t to = i;
    for (; to > 0 && value[own] < value[row[to - 1]]; --to, ++moves) row[to] = row[to - 1];
    row[to] = own;
  }
  return moves < most;
}

/// Each count replaced by the sum of those before it.
void sum_before(std::span<std::uint32_t> count) {
  std::uint32_t sum = 0;
  for (std::uint32_t& c : count) sum += std::exchange(c, sum);
}

/// Values in equal steps over their range, with `after` as the last bit, sorted by two digits: a radix sort has no
/// comparison for the processor to guess wrong. There are at least 16 steps a value, so that few share one.
void sort_by_steps(std::span<std::uint32_t> row, std::span<const double> value, std::span<const std::uint8_t> after,
                   const ValueRange& range, Arena& arena) {
  const Arena::Scope scope(arena);
  const auto digit = static_cast<unsigned>(std::bit_width(row.size()) + 6) / 2;
  const std::uint64_t buckets = std::uint64_t{1} << digit;
  const double last_step = static_cast<double>((std::uint64_t{1} << (2 * digit - 1)) - 1);
  const double steps_a_unit = range.steps_a_unit(last_step);
  const std::span<std::uint32_t> low = arena.take<std::uint32_t>(buckets, 0),
                                 high = arena.take<std::uint32_t>(buckets, 0);
  const std::span<std::uint64_t> key = arena.take<std::uint64_t>(row.size());  // row, then low and high digit
  const std::span<std::uint64_t> by_low = arena.take<std::uint64_t>(row.size());
  const auto low_of = [&](std::uint64_t k) { return k >> 32 & (buckets - 1); };
  const auto high_of = [&](std::uint64_t k) { return k >> (32 + digit); };
  for (std::size_t i = 0; i < key.size(); ++i) {
    const auto step =
        static_cast<std::uint64_t>(static_cast<std::int64_t>((value[row[i]] - range.lowest) * steps_a_unit));
    key[i] = step << 33 | std::uint64_t{!after.empty() && after[row[i]] != 0} << 32 | row[i];
    ++low[low_of(key[i])];
    ++high[high_of(key[i])];
  }
  sum_before(low);
  sum_before(high);
  for (const std::uint64_t k : key) by_low[low[low_of(k)]++] = k;
  for (const std::uint64_t k : by_low) row[high[high_of(k)]++] = static_cast<std::uint32_t>(k);
}

}  // namespace

std::span<std::uint32_t> ascending_rows(std::span<const double> value, std::span<const std::uint8_t> after,
                                        Arena& arena) {
  constexpr std::size_t few = 16;  // sorted by comparisons, which counting in steps does not beat
  const std::span<std::uint32_t> row = known_rows(value, arena);
  const ValueRange range = range_of(value);
  if (row.size() > few && range.divides()) {
    sort_by_steps(row, value, after, range, arena);
    if (insert_each(row, value)) return row;
  }
  std::ranges::sort(row, [&](std::uint32_t a, std::uint32_t b) {
    if (value[a] != value[b]) return value[a] < value[b];
    if (!after.empty() && (after[a] != 0) != (after[b] != 0)) return after[a] == 0;
    return a < b;
  });
  return row;
}

}  // namespace oligosim

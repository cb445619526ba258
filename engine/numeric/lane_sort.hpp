#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>

#include "engine/memory/arena.hpp"
#include "engine/numeric/exchange_blocks.hpp"

/// The network of sort_in_lanes.hpp for rows V, a compiler vector of whole numbers of any width: each file that
/// includes it compiles it for the registers that it may use.
namespace oligosim::lane_sort {

template <class V>
using Number = std::remove_cvref_t<decltype(V{}[0])>;
template <class V>
inline constexpr std::size_t width = sizeof(V) / sizeof(Number<V>);

template <class V>
[[gnu::always_inline]] inline V lower(const V& a, const V& b) {
  return a < b ? a : b;
}
template <class V>
[[gnu::always_inline]] inline V higher(const V& a, const V& b) {
  return a < b ? b : a;
}

template <class V>
[[gnu::always_inline]] inline void exchange(V& a, V& b) {
  const V low = lower(a, b);
  b = higher(a, b);
  a = low;
}

// Lane k of the result: lane k ^ change.
template <std::size_t change, class V>
[[gnu::always_inline]] inline V lanes_changed(const V& row) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
    return V(__builtin_shufflevector(row, row, (k ^ change)...));
  }
  (std::make_index_sequence<width<V>>());
}

// The lanes without `bit` of `first`, those with it of `second`.
template <std::size_t bit, class V>
[[gnu::always_inline]] inline V by_bit(const V& first, const V& second) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
    return V(__builtin_shufflevector(first, second, (k + ((k & bit) != 0 ? width<V> : 0))...));
  }
  (std::make_index_sequence<width<V>>());
}

// Rows that are worked on in registers: half of those that a processor has.
template <class V>
inline constexpr std::size_t few = sizeof(V) == 64 ? 16 : 8;

// Of each part of 2 * `half` rows: first those `half` rows apart are exchanged, then those half as far ...
template <class V>
[[gnu::always_inline]] inline void merge_few(V* row, std::size_t half) {
#pragma GCC unroll 4
  for (std::size_t distance = half; distance > 0; distance /= 2)
#pragma GCC unroll 16
    for (std::size_t i = 0; i < few<V>; ++i)
      if ((i & distance) == 0) exchange(row[i], row[i + distance]);
}

template <class V>
[[gnu::always_inline]] inline void sort_few(V* row) {
#pragma GCC unroll 4
  for (std::size_t size = 2; size <= few<V>; size *= 2) {
#pragma GCC unroll 16
    for (std::size_t i = 0; i < few<V>; ++i)
      if ((i & size / 2) == 0) exchange(row[i], row[i ^ (size - 1)]);
    merge_few(row, size / 4);
  }
}

// Calls f(few rows) for all of them.
template <class V, class F>
[[gnu::always_inline]] inline void by_few(std::span<V> row, const F& f) {
  for (std::size_t begin = 0; begin < row.size(); begin += few<V>) {
    V some[few<V>];
#pragma GCC unroll 16
    for (std::size_t i = 0; i < few<V>; ++i) some[i] = row[begin + i];
    f(some);
#pragma GCC unroll 16
    for (std::size_t i = 0; i < few<V>; ++i) row[begin + i] = some[i];
  }
}

template <class V>
void merge_rows(std::span<V> row, std::size_t half) {
  for (std::size_t distance = half; distance >= few<V>; distance /= 2)
    for (std::size_t begin = 0; begin < row.size(); begin += 2 * distance)
      for (std::size_t i = begin; i < begin + distance; ++i) exchange(row[i], row[i + distance]);
  by_few(
      row, [](V * some) __attribute__((always_inline)) { merge_few(some, few<V> / 2); });
}

// Each lane ascending.
template <class V>
void sort_lanes(std::span<V> row) {
  by_few(
      row, [](V * some) __attribute__((always_inline)) { sort_few(some); });
  for (std::size_t size = 2 * few<V>; size <= row.size(); size *= 2) {
    for (std::size_t begin = 0; begin < row.size(); begin += size)
      for (std::size_t i = 0; i < size / 2; ++i) exchange(row[begin + i], row[begin + size - 1 - i]);
    merge_rows(row, size / 4);
  }
}

template <std::size_t change, class V>
[[gnu::always_inline]] inline void exchange_lanes(V& row) {
  const V other = lanes_changed<change>(row);
  row = by_bit<change>(lower(row, other), higher(row, other));
}

// Of lists of `lists` lanes each, which follow each other, two to one: what a row and its mirror exchange ...
template <std::size_t lists, class V>
[[gnu::always_inline]] inline void exchange_mirrored(V& low, V& high) {
  constexpr std::size_t mirror = 2 * lists - 1;
  const V other = lanes_changed<mirror>(high);
  const V below = lower(low, other), above = higher(low, other);
  low = by_bit<lists>(below, above);
  high = lanes_changed<mirror>(by_bit<lists>(above, below));
}
// ... then the lanes of each row.
template <std::size_t lists, class V>
[[gnu::always_inline]] inline void merge_within(V& row) {
  if constexpr (lists >= 8) exchange_lanes<4>(row);
  if constexpr (lists >= 4) exchange_lanes<2>(row);
  if constexpr (lists >= 2) exchange_lanes<1>(row);
}

template <std::size_t lists, class V>
void merge_lanes(std::span<V> row) {
  for (std::size_t i = 0; i < row.size() / 2; ++i) exchange_mirrored<lists>(row[i], row[row.size() - 1 - i]);
  for (V& r : row) merge_within<lists>(r);
  merge_rows(row, row.size() / 2);
}

// The same in registers.
template <std::size_t lists, class V>
[[gnu::always_inline]] inline void merge_lanes_of_few(V* row) {
#pragma GCC unroll 8
  for (std::size_t i = 0; i < few<V> / 2; ++i) exchange_mirrored<lists>(row[i], row[few<V> - 1 - i]);
#pragma GCC unroll 16
  for (std::size_t i = 0; i < few<V>; ++i) merge_within<lists>(row[i]);
  merge_few(row, few<V> / 2);
}

// Calls merge(the number of lanes that a list has, as a constant) until one list has them all.
template <class V, class Merge>
[[gnu::always_inline]] inline void merge_lists(const Merge& merge) {
  [&]<std::size_t... k>(std::index_sequence<k...>) __attribute__((always_inline)) {
    (merge(std::integral_constant<std::size_t, std::size_t{1} << k>()), ...);
  }
  (std::make_index_sequence<std::countr_zero(width<V>)>());
}

template <class V>
void sort_rows(std::span<V> row) {
  if (row.size() > few<V>) {
    sort_lanes(row);
    merge_lists<V>([row](auto lists) __attribute__((always_inline)) { merge_lanes<lists>(row); });
    return;
  }
  by_few(
      row, [](V * some) __attribute__((always_inline)) {
        sort_few(some);
        merge_lists<V>([some](auto lists) __attribute__((always_inline)) { merge_lanes_of_few<lists>(some); });
      });
}

// Writes the lists one after the other: squares of as many rows as lanes are turned.
template <class V>
void write_lists(std::span<const V> row, std::span<Number<V>> sorted) {
  constexpr std::size_t lanes = width<V>;
  for (std::size_t begin = 0; begin < row.size(); begin += lanes) {
    V square[lanes];
#pragma GCC unroll 16
    for (std::size_t r = 0; r < lanes; ++r) square[r] = row[begin + r];
    const auto exchange_all = [&]<std::size_t size>(std::integral_constant<std::size_t, size>)
        __attribute__((always_inline)) {
#pragma GCC unroll 16
      for (std::size_t r = 0; r < lanes; ++r)
        if ((r & size) == 0) exchange_blocks<size, lanes>(square[r], square[r + size]);
    };
    if constexpr (lanes >= 16) exchange_all(std::integral_constant<std::size_t, 8>());
    if constexpr (lanes >= 8) exchange_all(std::integral_constant<std::size_t, 4>());
    exchange_all(std::integral_constant<std::size_t, 2>());
    exchange_all(std::integral_constant<std::size_t, 1>());
#pragma GCC unroll 16
    for (std::size_t lane = 0; lane < lanes; ++lane)
      std::memcpy(&sorted[lane * row.size() + begin], &square[lane], sizeof(V));
  }
}

template <class V>
std::span<const Number<V>> sort(std::span<const Number<V>> numbers, Arena& arena) {
  constexpr std::size_t lanes = width<V>;
  const std::size_t rows = std::max(std::max(few<V>, lanes), std::bit_ceil((numbers.size() + lanes - 1) / lanes));
  const std::span<Number<V>> sorted = arena.take<Number<V>>(rows * lanes);
  const Arena::Scope scope(arena);
  const std::span<V> row = arena.take<V>(rows);
  Number<V>* const number = reinterpret_cast<Number<V>*>(row.data());
  std::copy(numbers.begin(), numbers.end(), number);
  std::fill(number + numbers.size(), number + rows * lanes, std::numeric_limits<Number<V>>::max());
  sort_rows(row);
  write_lists<V>(row, sorted);
  return sorted.first(numbers.size());
}

}  // namespace oligosim::lane_sort

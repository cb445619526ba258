#pragma once

#include <immintrin.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <span>

#include "engine/numeric/lanes.hpp"

namespace oligosim {

/// A place in columns of patients or lesions: four of them, or one. What is done there with HalfLanes is done with
/// doubles, and selects with ?: in place of branches.
template <Weight V>
class Rows {
 public:
  explicit Rows(std::size_t first) : first_(first) {}
  std::size_t first() const { return first_; }
  V operator()(std::span<const double> column) const {
    return *reinterpret_cast<const Anywhere*>(column.data() + first_);
  }
  void put(std::span<double> column, const V& values) const {
    *reinterpret_cast<Anywhere*>(column.data() + first_) = values;
  }
  /// The same number for each of them.
  V number(double value) const { return V{} + value; }
  /// 1 where a condition holds, 0 elsewhere.
  template <class Condition>
  void put_flag(std::span<double> column, const Condition& holds) const {
    put(column, holds ? V{} + 1.0 : V{});
  }
  /// Calls f(i) for each of them for whom a condition holds.
  template <class Condition, class F>
  void for_each(const Condition& holds, const F& f) const {
    if constexpr (lane_count<V> == 1) {
      if (holds) f(first_);
    } else {
      const auto which = static_cast<unsigned>(_mm256_movemask_pd(reinterpret_cast<__m256d>(holds)));
      for (unsigned left = which; left != 0; left &= left - 1)
        f(first_ + static_cast<std::size_t>(std::countr_zero(left)));
    }
  }

 private:
  // As numbers and not as bytes, which the compiler would take for changes of the columns' own addresses.
  using Anywhere [[gnu::aligned(alignof(double))]] = V;

  std::size_t first_;
};

/// Calls f(Rows) for all rows, four at a time and those left over one by one: for what fills several columns.
template <class F>
void in_lanes(std::size_t patients, const F& f) {
  constexpr std::size_t width = lane_count<HalfLanes>;
  std::size_t i = 0;
  for (; i + width <= patients; i += width) f(Rows<HalfLanes>(i));
  for (; i < patients; ++i) f(Rows<double>(i));
}

/// out[i] = f(column[i] ...) for columns of one length: without a branch whatever f selects. f takes and returns
/// doubles as it does HalfLanes.
template <class F, class... Column>
void fill_in_lanes(std::span<double> out, const F& f, const Column&... column) {
  in_lanes(out.size(), [&](const auto& here) { here.put(out, f(here(column)...)); });
}

/// One of two numbers in each lane: `yes` where the flag is 1, `no` where it is 0.
template <Weight V>
V either(const V& flag, double yes, double no) {
  return flag > 0.0 ? V{} + yes : V{} + no;
}

/// As std::min, std::max and std::clamp.
template <Weight V>
V smaller(const V& a, const V& b) {
  return b < a ? b : a;
}
template <Weight V>
V larger(const V& a, const V& b) {
  return a < b ? b : a;
}
template <Weight V>
V clamped(const V& x, const V& low, const V& high) {
  return x < low ? low : high < x ? high : x;
}

// Inlined, and so compiled for the registers of their caller.
[[gnu::always_inline]] inline double ceil_of(double x) { return std::ceil(x); }
[[gnu::always_inline]] inline HalfLanes ceil_of(const HalfLanes& x) {
  return reinterpret_cast<HalfLanes>(_mm256_ceil_pd(reinterpret_cast<__m256d>(x)));
}
[[gnu::always_inline]] inline double floor_of(double x) { return std::floor(x); }
[[gnu::always_inline]] inline HalfLanes floor_of(const HalfLanes& x) {
  return reinterpret_cast<HalfLanes>(_mm256_floor_pd(reinterpret_cast<__m256d>(x)));
}

}  // namespace oligosim

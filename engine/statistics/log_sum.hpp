#pragma once

#include <immintrin.h>

#include <array>
#include <bit>
#include <cstdint>

#include "engine/statistics/elementary.hpp"
#include "engine/statistics/lanes.hpp"

namespace oligosim {

/// Whether a comparison holds in any of eight lanes.
[[gnu::always_inline]] inline bool any(std::int64_t __attribute__((vector_size(32))) holds) {
  return _mm256_movemask_pd(reinterpret_cast<__m256d>(holds)) != 0;
}
[[gnu::always_inline]] inline bool any(std::int64_t __attribute__((vector_size(64))) holds) {
  return any(__builtin_shufflevector(holds, holds, 0, 1, 2, 3) | __builtin_shufflevector(holds, holds, 4, 5, 6, 7));
}

/// Adds up logarithms as one product, with one logarithm each time it leaves a safe range. Inlined, and so compiled for
/// the registers of its caller.
template <Weight V>
class LogSum {
 public:
  /// Adds times * log(factor); nothing where times is 0, whatever the factor.
  [[gnu::always_inline]] inline void add(const V& factor, const V& times) {
    if (any((times != 1.0) | (factor <= tiny) | (factor >= huge) | (factor != factor)))
      return add_one_by_one(factor, times);
    add(factor);
  }

  /// Adds log(factor).
  [[gnu::always_inline]] inline void add(const V& factor) {
    multiply(factor, !((product_ > smallest) & (product_ < largest)));
  }
  /// The same where no product falls below the range, as that of factors from 1 on.
  [[gnu::always_inline]] inline void add_growing(const V& factor) { multiply(factor, !(product_ < largest)); }
  /// That of each of four: at once, and only if that takes a product out of the range one by one.
  [[gnu::always_inline]] inline void add_growing(const std::array<V, 4>& factor) {
    V product[4];
    for (std::size_t i = 0; i < 4; ++i) product[i] = (i == 0 ? product_ : product[i - 1]) * factor[i];
    const V first = larger(product[0], product[1]), last = larger(product[2], product[3]);
    if (any(!(larger(first, last) < largest))) [[unlikely]] {
#pragma GCC unroll 1
      for (const V& one : factor) add_growing(one);
    } else {
      product_ = product[3];
    }
  }

  [[gnu::always_inline]] inline V value() {
    if (any(kept_ != 1.0)) take_logarithms();
    return sum_ + elementary::log(product_);
  }

 private:
  static constexpr double smallest = 1e-100, largest = 1e100;
  static constexpr double tiny = 1e-200, huge = 1e200;  // a factor beyond them could take the product out of all range

  // Where one is no number, the second is.
  [[gnu::always_inline]] static inline V larger(const V& first, const V& second) {
    return first > second ? first : second;
  }

  // A product that has left the range is seen to by the next factor, when its range has been looked at beside the
  // multiplication, and kept until another of its lane leaves it: lanes that do at different times share a logarithm.
  template <class Comparison>
  [[gnu::always_inline]] inline void multiply(const V& factor, const Comparison& left) {
    if (any(left & (kept_ != 1.0))) take_logarithms();
    kept_ = left ? product_ : kept_;
    const V product = product_ * factor;
    product_ = left ? factor : product;
  }

  [[gnu::always_inline]] inline void take_logarithms() {
    sum_ += elementary::log(kept_);  // that of 1 adds 0
    kept_ = broadcast<V>(1.0);
  }

  void add_one_by_one(const V& factor, const V& times) {
    take_logarithms();
    for (std::size_t k = 0; k < lane_count<V>; ++k) {
      if (!(product_[k] > smallest && product_[k] < largest)) {
        sum_[k] += elementary::log(double{product_[k]});
        product_[k] = 1.0;
      }
      if (times[k] == 1.0 && factor[k] > tiny && factor[k] < huge) {
        product_[k] *= factor[k];
      } else if (times[k] != 0.0) {
        sum_[k] += times[k] * elementary::log(double{factor[k]});
      }
    }
  }

  V product_ = broadcast<V>(1.0), kept_ = broadcast<V>(1.0);
  V sum_{};
};

template <>
inline void LogSum<double>::add(const double& factor) {
  product_ *= factor;
  if (product_ > smallest && product_ < largest) return;
  sum_ += elementary::log(product_);
  product_ = 1.0;
}

template <>
inline void LogSum<double>::add(const double& factor, const double& times) {
  if (times == 1.0 && factor > tiny && factor < huge) return add(factor);
  if (times != 0.0) sum_ += times * elementary::log(factor);
}

template <>
inline double LogSum<double>::value() {
  return sum_ + elementary::log(product_);
}

}  // namespace oligosim

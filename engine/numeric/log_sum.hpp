#pragma once

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/lanes.hpp"

namespace oligosim {

/// Whether a factor leaves a product between 1e-100 and 1e100 a number with all its digits.
[[gnu::always_inline]] inline auto in_range(const auto& factor) { return (factor > 1e-200) & (factor < 1e200); }

/// Adds up logarithms as one product, with one logarithm each time it leaves a safe range. Inlined, and so compiled for
/// the registers of its caller.
template <Weight V>
class LogSum {
 public:
  /// Adds times * log(factor); nothing where times is 0, whatever the factor.
  [[gnu::always_inline]] inline void add(const V& factor, const V& times) {
    if (any(!((times == 1.0) & in_range(factor)))) return add_one_by_one(factor, times);
    add(factor);
  }

  /// Adds log(factor).
  [[gnu::always_inline]] inline void add(const V& factor) {
    const auto left = !((product_ > smallest) & (product_ < largest));
    if (any(left & (kept_ != 1.0))) take_logarithms();
    // A product that has left the range is seen to by the next factor, when its range has been looked at beside the
    // multiplication, and kept until another of its lane leaves it: lanes that do at different times share a logarithm.
    kept_ = left ? product_ : kept_;
    const V product = product_ * factor;
    product_ = left ? factor : product;
  }

  /// Adds those of four factors whose product is known: at once, unless it leaves the range of numbers.
  [[gnu::always_inline]] inline void add(const V (&factor)[4], const V& product) {
    add_four(factor, product, in_range(product), [](std::size_t) { return V{} + 1.0; });
  }
  /// The same times `times` of each.
  [[gnu::always_inline]] inline void add(const V (&factor)[4], const V& product, const V (&times)[4]) {
    const auto once = (times[0] == 1.0) & (times[1] == 1.0) & (times[2] == 1.0) & (times[3] == 1.0);
    add_four(factor, product, in_range(product) & once, [&](std::size_t i) { return times[i]; });
  }

  [[gnu::always_inline]] inline V value() {
    if (any(kept_ != 1.0)) take_logarithms();
    return sum_ + elementary::log(product_);
  }

 private:
  static constexpr double smallest = 1e-100, largest = 1e100;

  template <class Comparison, class Times>
  [[gnu::always_inline]] inline void add_four(const V (&factor)[4], const V& product, const Comparison& at_once,
                                              const Times& times) {
    if (!any(!at_once)) return add(product);
    add(at_once ? product : V{} + 1.0);
#pragma GCC unroll 1
    for (std::size_t i = 0; i < 4; ++i) add(factor[i], at_once ? V{} : times(i));
  }

  [[gnu::always_inline]] inline void take_logarithms() {
    sum_ += elementary::log(kept_);  // that of 1 adds 0
    kept_ = V{} + 1.0;
  }

  void add_one_by_one(const V& factor, const V& times) {
    take_logarithms();
    for (std::size_t k = 0; k < lane_count<V>; ++k) {
      if (!(product_[k] > smallest && product_[k] < largest)) {
        sum_[k] += elementary::log(double{product_[k]});
        product_[k] = 1.0;
      }
      if (times[k] == 1.0 && in_range(double{factor[k]})) {
        product_[k] *= factor[k];
      } else if (times[k] != 0.0) {
        sum_[k] += times[k] * elementary::log(double{factor[k]});
      }
    }
  }

  V product_ = V{} + 1.0, kept_ = V{} + 1.0;
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
  if (times == 1.0 && in_range(factor)) return add(factor);
  if (times != 0.0) sum_ += times * elementary::log(factor);
}

template <>
inline double LogSum<double>::value() {
  return sum_ + elementary::log(product_);
}

}  // namespace oligosim

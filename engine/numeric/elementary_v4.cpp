// What is not inlined must not be compiled for level v4, as other files would then share it: every header that this one
// includes is included before.
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

#include "engine/numeric/exp_columns.hpp"
#include "engine/numeric/lanes.hpp"

#ifndef __clang__  // which does not know it, and goes through eight lanes in two halves
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq")
#endif

#include "engine/numeric/elementary.hpp"

namespace oligosim {

void to_exponentials_v4(std::span<double> uniforms) {
  elementary::replace_each<Lanes>(
      uniforms, [](const auto& u) __attribute__((always_inline)) { return elementary::exponential(u); });
}

void to_exp_v4(std::span<double> values) {
  elementary::replace_each<Lanes>(
      values, [](const auto& x) __attribute__((always_inline)) { return elementary::exp(x); });
}

void to_roots_v4(std::span<double> values, double degree) {
  elementary::replace_each<Lanes>(
      values, [degree](const auto& x)
                  __attribute__((always_inline)) { return elementary::exp(elementary::log(x) / degree); });
}

}  // namespace oligosim

#ifndef __clang__
#pragma GCC pop_options
#endif

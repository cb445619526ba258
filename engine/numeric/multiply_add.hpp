#pragma once

#include <immintrin.h>

#include <concepts>
#include <cstddef>

#include "engine/numeric/lanes.hpp"

namespace oligosim {

/// a * b + c, rounded once: an instruction of every processor from level v3 on. That of eight lanes is written number
/// by number, because level v4 alone has it; the compiler makes one of them, but not in a loop that stays one.
template <Weight V>
[[gnu::always_inline]] inline V multiply_add(const V& a, const V& b, const V& c) {
  if constexpr (std::same_as<V, double>) {
    return __builtin_fma(a, b, c);
  } else if constexpr (std::same_as<V, HalfLanes>) {
    return reinterpret_cast<V>(
        _mm256_fmadd_pd(reinterpret_cast<__m256d>(a), reinterpret_cast<__m256d>(b), reinterpret_cast<__m256d>(c)));
  } else {
    V sum;
    for (std::size_t k = 0; k < lane_count<V>; ++k) sum[k] = __builtin_fma(a[k], b[k], c[k]);
    return sum;
  }
}

}  // namespace oligosim

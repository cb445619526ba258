#pragma once

#include <immintrin.h>

#include <array>
#include <cstddef>

#include "engine/numeric/lanes.hpp"

namespace oligosim {

/// The number at a place, which is 0, 1, 2 or 3, in each lane.
inline double one_of_four(const std::array<double, 4>& numbers, double place) {
  return numbers[static_cast<std::size_t>(place)];
}
inline HalfLanes one_of_four(const std::array<double, 4>& numbers, const HalfLanes& place) {
  // A number is moved as its two halves, which are at twice its place and beside it.
  const __m256i twice = _mm256_cvtepi32_epi64(_mm256_cvtpd_epi32(reinterpret_cast<__m256d>(2.0 * place)));
  const __m256i halves = _mm256_or_si256(twice, _mm256_slli_epi64(_mm256_add_epi64(twice, _mm256_set1_epi64x(1)), 32));
  const HalfLanes four = {numbers[0], numbers[1], numbers[2], numbers[3]};
  return reinterpret_cast<HalfLanes>(_mm256_permutevar8x32_ps(reinterpret_cast<__m256>(four), halves));
}

}  // namespace oligosim

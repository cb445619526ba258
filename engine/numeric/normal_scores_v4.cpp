// As in elementary_v4.cpp: every header that the one compiled for level v4 includes is included before.
#include <immintrin.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

#include "engine/numeric/lanes.hpp"
#include "engine/processor/level.hpp"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq")
#endif

#include "engine/numeric/normal_kernels.hpp"

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

namespace oligosim {

OLIGOSIM_LEVEL_4 void central_scores_v4(std::span<double> p, Tails& tails) {
  __m512i place = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
  for (std::size_t i = 0; i < p.size(); i += lanes) {
    const __mmask8 here = first_of_eight(p.size() - i);
    const __m512d some = _mm512_maskz_loadu_pd(here, p.data() + i), q = some - 0.5;
    const __mmask8 tail =
        _mm512_mask_cmp_pd_mask(here, _mm512_abs_pd(q), _mm512_set1_pd(central_half_width), _CMP_GT_OQ);
    _mm512_storeu_pd(tails.p.data() + tails.count, _mm512_maskz_compress_pd(tail, some));
    _mm512_storeu_si512(tails.place.data() + tails.count, _mm512_maskz_compress_epi64(tail, place));
    tails.count += static_cast<std::size_t>(std::popcount(static_cast<unsigned>(tail)));
    place = _mm512_add_epi64(place, _mm512_set1_epi64(lanes));
    _mm512_mask_storeu_pd(p.data() + i, here, (__m512d)central_quantile((Lanes)q));
  }
}

OLIGOSIM_LEVEL_4 bool middle_scores_v4(std::span<double> p) {
  __mmask8 far = 0;
  for (std::size_t i = 0; i < p.size(); i += lanes) {
    const __mmask8 here = first_of_eight(p.size() - i);
    const __m512d some = _mm512_mask_loadu_pd(_mm512_set1_pd(0.01), here, p.data() + i);
    const __m512d r = _mm512_maskz_sqrt_pd(0xFF, (__m512d)minus_log_of_tail((Lanes)some));
    far |= _mm512_cmp_pd_mask(r, _mm512_set1_pd(middle_until), _CMP_GT_OQ);
    const auto quantile = (__m512d)middle_quantile((Lanes)r);
    const __mmask8 low = _mm512_cmp_pd_mask(some, _mm512_set1_pd(0.5), _CMP_LT_OQ);
    _mm512_mask_storeu_pd(p.data() + i, here, _mm512_mask_sub_pd(quantile, low, _mm512_set1_pd(-0.0), quantile));
  }
  return far == 0;
}

}  // namespace oligosim

#include <immintrin.h>

#include "engine/numeric/early_exponentials.hpp"
#include "engine/processor/level.hpp"

namespace oligosim {

OLIGOSIM_LEVEL_4 std::size_t early_rows_v4(std::span<const double> uniforms, std::span<const double> limit,
                                           double scale, std::uint32_t* row, double* uniform) {
  constexpr std::size_t width = 8;
  const __m512d one = _mm512_set1_pd(1), scales = _mm512_set1_pd(scale);
  __m512i rows = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  std::size_t n = 0;
  for (std::size_t i = 0; i < uniforms.size(); i += width) {
    const __mmask8 there = first_of_eight(uniforms.size() - i);
    const __m512d u = _mm512_maskz_loadu_pd(there, &uniforms[i]);
    const __m512d limits = _mm512_mul_pd(_mm512_maskz_loadu_pd(there, &limit[i]), scales);
    const __mmask8 early = _mm512_mask_cmp_pd_mask(there, _mm512_sub_pd(one, u), limits, _CMP_LE_OQ);
    _mm512_storeu_pd(uniform + n, _mm512_maskz_compress_pd(early, u));
    _mm512_mask_storeu_epi32(row + n, 0xFF, _mm512_maskz_compress_epi32(early, rows));
    rows = _mm512_add_epi32(rows, _mm512_set1_epi32(width));
    n += static_cast<std::size_t>(__builtin_popcount(early));
  }
  return n;
}

}  // namespace oligosim

#include <immintrin.h>

#include <array>
#include <cstdint>
#include <span>

#include "engine/random/philox_wide.hpp"
#include "engine/random/uniform_kernels.hpp"

namespace oligosim {

namespace {

using Words = WideWords;

constexpr std::size_t most = most_chains;

// Of eight streams the four numbers of each of `groups` blocks, from out[k][at] on.
template <std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write_words(std::array<std::uint32_t, 4> counter,
                                                                        std::array<std::uint32_t, 2> key,
                                                                        const std::array<std::uint32_t*, 8>& out,
                                                                        std::size_t at) {
  Words word[4][groups];
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t w = 0; w < 4; ++w) word[w][g] = Words{} + counter[w];
    word[1][g] += Words{0, 1, 2, 3, 4, 5, 6, 7};
    ++counter[0];
  }
  encrypt(word, key);
  for (std::size_t g = 0; g < groups; ++g) {
    // Of each stream words 0 and 1, and words 2 and 3.
    const Words low = as_one(word[1][g], word[0][g]), high = as_one(word[3][g], word[2][g]);
    const __m512i even = _mm512_maskz_unpacklo_epi64(0xFF, (__m512i)low, (__m512i)high);
    const __m512i odd = _mm512_maskz_unpackhi_epi64(0xFF, (__m512i)low, (__m512i)high);
    const auto store = [&](std::size_t k, __m128i four) __attribute__((always_inline)) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out[k] + at + 4 * g), four);
    };
    store(0, _mm512_maskz_extracti64x2_epi64(3, even, 0));
    store(1, _mm512_maskz_extracti64x2_epi64(3, odd, 0));
    store(2, _mm512_maskz_extracti64x2_epi64(3, even, 1));
    store(3, _mm512_maskz_extracti64x2_epi64(3, odd, 1));
    store(4, _mm512_maskz_extracti64x2_epi64(3, even, 2));
    store(5, _mm512_maskz_extracti64x2_epi64(3, odd, 2));
    store(6, _mm512_maskz_extracti64x2_epi64(3, even, 3));
    store(7, _mm512_maskz_extracti64x2_epi64(3, odd, 3));
  }
}

}  // namespace

OLIGOSIM_LEVEL_4 void words_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                               std::array<std::span<std::uint32_t>, 8> out) {
  const std::size_t n = out[0].size();
  std::array<std::uint32_t*, 8> to;
  for (std::size_t k = 0; k < to.size(); ++k) to[k] = out[k].data();
  std::size_t at = 0;
  for (; at + 4 * most <= n; at += 4 * most, counter[0] += most) write_words<most>(counter, key, to, at);
  for (; at + 4 <= n; at += 4, ++counter[0]) write_words<1>(counter, key, to, at);
}

}  // namespace oligosim

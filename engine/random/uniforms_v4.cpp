#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/random/philox_wide.hpp"
#include "engine/random/uniform_kernels.hpp"

namespace oligosim {

bool runs_v4() { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"); }

namespace {

using Words = WideWords;

constexpr std::size_t width = 8;
constexpr std::size_t most = 5;  // independent chains, which hide the latency of the multiplication

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
    const Words low = word[1][g] << 32 | (word[0][g] & 0xFFFFFFFFu),
                high = word[3][g] << 32 | (word[2][g] & 0xFFFFFFFFu);
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

OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline __m512i to_number(Words bits, std::uint64_t*) {
  return (__m512i)bits;
}
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline __m512i to_number(Words bits, double*) {
  return (__m512i)units(bits);
}

// Of `pairs` pairs of words of each counter, 1 or 2, a number each.
template <std::size_t pairs, class Number>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write_pairs(std::array<std::uint32_t, 4> counter,
                                                                        std::array<std::uint32_t, 2> key, std::size_t n,
                                                                        const std::array<Number*, 2>& to) {
  for (std::size_t i = 0; i < n; i += most * width) {
    Words word[4][most];
    for (std::size_t g = 0; g < most; ++g) {
      for (std::size_t w = 0; w < 4; ++w) word[w][g] = Words{} + counter[w];
      word[1][g] = Words{0, 1, 2, 3, 4, 5, 6, 7} + (i + width * g);
    }
    encrypt(word, key);
    for (std::size_t g = 0; g < most; ++g) {
      const std::size_t at = i + width * g;
      if (at >= n) break;
      const __mmask8 left = first_of_eight(n - at);
      for (std::size_t pair = 0; pair < pairs; ++pair) {
        const Words bits = word[2 * pair][g] << 32 | (word[2 * pair + 1][g] & 0xFFFFFFFFu);
        _mm512_mask_storeu_epi64(to[pair] + at, left, to_number(bits, to[pair]));
      }
    }
  }
}

}  // namespace

OLIGOSIM_LEVEL_4 void uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                                  std::span<double> first, std::span<double> second) {
  if (second.empty())
    write_pairs<1, double>(counter, key, first.size(), {first.data(), nullptr});
  else
    write_pairs<2, double>(counter, key, first.size(), {first.data(), second.data()});
}

OLIGOSIM_LEVEL_4 void pairs_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                               std::span<std::uint64_t> first, std::span<std::uint64_t> second) {
  write_pairs<2, std::uint64_t>(counter, key, first.size(), {first.data(), second.data()});
}

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

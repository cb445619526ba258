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

constexpr std::size_t width = wide_counters, most = most_chains, few = few_chains;

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

// Of `pairs` pairs of words of each counter, 1 or 2, a number each, from counter `i` on.
template <std::size_t pairs, std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write_pairs(const std::array<std::uint32_t, 4>& counter,
                                                                        std::array<std::uint32_t, 2> key, std::size_t n,
                                                                        const std::array<double*, 2>& to,
                                                                        std::size_t i) {
  Words word[4][groups];
  encrypt_from<1>(word, counter, key, i);
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t at = i + width * g;
    if (at >= n) break;
    const __mmask8 left = first_of_eight(n - at);
    for (std::size_t pair = 0; pair < pairs; ++pair)
      _mm512_mask_storeu_pd(to[pair] + at, left, (__m512d)units(as_one(word[2 * pair][g], word[2 * pair + 1][g])));
  }
}

// Both numbers of each counter after each other, from counter `i` on.
template <std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write_in_turn(const std::array<std::uint32_t, 4>& counter,
                                                                          std::array<std::uint32_t, 2> key,
                                                                          std::span<double> out, std::size_t i) {
  Words word[4][groups];
  encrypt_from<0>(word, counter, key, i);
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t at = 2 * (i + width * g);
    if (at >= out.size()) break;
    store_in_turn(out.data() + at, as_one(word[0][g], word[1][g]), as_one(word[2][g], word[3][g]), out.size() - at);
  }
}

// Those of all counters.
template <std::size_t pairs>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write_all_pairs(const std::array<std::uint32_t, 4>& counter,
                                                                            const std::array<std::uint32_t, 2>& key,
                                                                            std::size_t n,
                                                                            const std::array<double*, 2>& to) {
  std::size_t i = 0;
  for (; i + few * width < n; i += most * width) write_pairs<pairs, most>(counter, key, n, to, i);
  if (i < n) write_pairs<pairs, few>(counter, key, n, to, i);
}

}  // namespace

OLIGOSIM_LEVEL_4 void uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                                  std::span<double> first, std::span<double> second) {
  if (second.empty())
    write_all_pairs<1>(counter, key, first.size(), {first.data(), nullptr});
  else
    write_all_pairs<2>(counter, key, first.size(), {first.data(), second.data()});
}

OLIGOSIM_LEVEL_4 void first_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                                        std::span<double> out) {
  const std::size_t n = (out.size() + 1) / 2;
  std::size_t i = 0;
  for (; i + few * width < n; i += most * width) write_in_turn<most>(counter, key, out, i);
  if (i < n) write_in_turn<few>(counter, key, out, i);
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

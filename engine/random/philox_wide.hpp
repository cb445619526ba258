#pragma once

#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace oligosim {

#define OLIGOSIM_LEVEL_4 __attribute__((target("avx512f,avx512dq")))

/// A mask of the first of eight elements: of as many as are left, of all if there are more.
inline __mmask8 first_of_eight(std::size_t left) { return static_cast<__mmask8>(left < 8 ? (1U << left) - 1 : 0xFFU); }

/// Eight counters side by side in a register of level v4, each word as PhiloxEight has it.
using WideWords = std::uint64_t __attribute__((vector_size(64)));
using WideUnits = double __attribute__((vector_size(64)));
inline constexpr std::size_t wide_counters = 8;
inline constexpr std::size_t most_chains = 5;  // independent ones, which hide the latency of the multiplication ...
inline constexpr std::size_t few_chains = 3;   // ... but fewer are sooner done with the last counters

/// unit() of each.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline WideUnits units(WideWords bits) {
  return (WideUnits)(bits >> 12 | 0x3FF0000000000000u) - (1.0 - 0x1p-53);
}

/// unit() of both pairs of words of each of eight counters, one after the other, as many of these numbers as are left.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void store_in_turn(double* to, WideWords first, WideWords second,
                                                                          std::size_t left) {
  const auto a = (__m512d)units(first), b = (__m512d)units(second);
  const __m512i low = (__m512i)WideWords{0, 8, 1, 9, 2, 10, 3, 11};
  const __m512i high = (__m512i)WideWords{4, 12, 5, 13, 6, 14, 7, 15};
  _mm512_mask_storeu_pd(to, first_of_eight(left), _mm512_permutex2var_pd(a, low, b));
  if (left > 8) _mm512_mask_storeu_pd(to + 8, first_of_eight(left - 8), _mm512_permutex2var_pd(a, high, b));
}

/// Two words as one number, the first in its high half.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline WideWords as_one(WideWords first, WideWords second) {
  return (WideWords)_mm512_mask_shuffle_epi32((__m512i)second, 0xAAAA, (__m512i)first, (_MM_PERM_ENUM)0xA0);
}

/// philox() of 8 `groups` counters in their place. Inlined, because what is called would not be compiled for the
/// registers of level v4.
template <std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void encrypt(WideWords (&word)[4][groups],
                                                                    std::array<std::uint32_t, 2> key) {
  std::uint32_t low = key[0], high = key[1];
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 5
    for (std::size_t g = 0; g < groups; ++g) {
      const auto a = (WideWords)_mm512_maskz_mul_epu32(0xFF, (__m512i)(WideWords{} + 0xD2511F53u), (__m512i)word[0][g]);
      const auto b = (WideWords)_mm512_maskz_mul_epu32(0xFF, (__m512i)(WideWords{} + 0xCD9E8D57u), (__m512i)word[2][g]);
      word[0][g] = (b >> 32) ^ word[1][g] ^ low;
      word[1][g] = b;
      word[2][g] = (a >> 32) ^ word[3][g] ^ high;
      word[3][g] = a;
    }
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
}

/// Counters `i`, i + 1, ... encrypted, which word `counted` of them counts.
template <std::size_t counted, std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void encrypt_from(WideWords (&word)[4][groups],
                                                                         const std::array<std::uint32_t, 4>& counter,
                                                                         std::array<std::uint32_t, 2> key,
                                                                         std::size_t i) {
  for (std::size_t g = 0; g < groups; ++g) {
    for (std::size_t w = 0; w < 4; ++w) word[w][g] = WideWords{} + counter[w];
    word[counted][g] += WideWords{0, 1, 2, 3, 4, 5, 6, 7} + (i + wide_counters * g);
  }
  encrypt(word, key);
}

}  // namespace oligosim

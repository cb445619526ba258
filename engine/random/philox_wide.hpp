#pragma once

#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "engine/processor/level.hpp"

namespace oligosim {

/// Eight counters side by side in a register of level v4, each word as PhiloxEight has it.
using WideWords = std::uint64_t __attribute__((vector_size(64)));
using WideUnits = double __attribute__((vector_size(64)));
inline constexpr std::size_t wide_counters = 8;
inline constexpr std::size_t most_chains = 5;  // independent ones, which hide the latency of the multiplication

/// unit() of words whose high halves are anything.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline WideUnits units(WideWords word) {
  return (WideUnits)((word & 0xFFFFFFFFu) | 0x4130000000000000u) - (0x1p20 - 0x1p-33);
}

/// Two words as one number, the first in its high half.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline WideWords as_one(WideWords first, WideWords second) {
  return (WideWords)_mm512_mask_shuffle_epi32((__m512i)second, 0xAAAA, (__m512i)first, (_MM_PERM_ENUM)0xA0);
}

/// unit() of the four words of counters 2k and 2k + 1 of eight, one after the other. `low`: words 0 and 1 as_one(),
/// `high`: 2 and 3.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline WideUnits units_in_turn(WideWords low, WideWords high,
                                                                               std::uint64_t k) {
  const std::uint64_t first = 4 * k, second = first + 2, of_high = 16;
  const WideWords places{first,  first + 1,  first + of_high,  first + 1 + of_high,
                         second, second + 1, second + of_high, second + 1 + of_high};
  return units((WideWords)_mm512_permutex2var_epi32((__m512i)low, (__m512i)places, (__m512i)high));
}

/// unit() of the four words of each of eight counters, one counter after the other.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void store_in_turn(double* to,
                                                                          const std::array<WideWords, 4>& word) {
  const WideWords low = as_one(word[1], word[0]), high = as_one(word[3], word[2]);
#pragma GCC unroll 4
  for (std::size_t k = 0; k < 4; ++k) _mm512_storeu_pd(to + 8 * k, (__m512d)units_in_turn(low, high, k));
}

/// The first `left` of them.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void store_in_turn(double* to,
                                                                          const std::array<WideWords, 4>& word,
                                                                          std::size_t left) {
  const WideWords low = as_one(word[1], word[0]), high = as_one(word[3], word[2]);
  for (std::size_t k = 0; k < 4 && 8 * k < left; ++k)
    _mm512_mask_storeu_pd(to + 8 * k, first_of_eight(left - 8 * k), (__m512d)units_in_turn(low, high, k));
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

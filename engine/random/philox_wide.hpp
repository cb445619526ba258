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

/// unit() of each.
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline WideUnits units(WideWords bits) {
  return (WideUnits)(bits >> 12 | 0x3FF0000000000000u) - (1.0 - 0x1p-53);
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

}  // namespace oligosim

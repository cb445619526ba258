#pragma once

#include <immintrin.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace oligosim {

/// philox() of eight counters at once.
class PhiloxEight {
 public:
  /// Four counters side by side, each word in the low half of a 64-bit element. The high halves hold leftovers of the
  /// products: the multiplication reads only the low half; whoever reads a word masks it.
  using Words = std::uint64_t __attribute__((vector_size(32)));
  using Units = double __attribute__((vector_size(32)));
  static constexpr std::size_t width = 4;
  static constexpr std::size_t groups = 2;  // independent chains, which hide the latency of the multiplication

  /// They differ in their second word alone: (counter[0], counter[1] + i, counter[2], counter[3]), i = 0 ... 7.
  PhiloxEight(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
    for (std::size_t g = 0; g < groups; ++g) {
      word[0][g] = broadcast(counter[0]);
      word[1][g] = broadcast(counter[1]) + (Words{0, 1, 2, 3} + width * g);
      word[2][g] = broadcast(counter[2]);
      word[3][g] = broadcast(counter[3]);
    }
    encrypt(key);
  }

  /// Of any eight: word 1 in the low half of an element, word 0 in the high one; words 2 and 3 of `counter`.
  PhiloxEight(const Words (&words_1_0)[groups], std::array<std::uint32_t, 4> counter,
              std::array<std::uint32_t, 2> key) {
    for (std::size_t g = 0; g < groups; ++g) {
      word[0][g] = words_1_0[g] >> 32;
      word[1][g] = words_1_0[g];
      word[2][g] = broadcast(counter[2]);
      word[3][g] = broadcast(counter[3]);
    }
    encrypt(key);
  }

  Words word[4][groups];  // of the result

  /// Words `first` and `second` of the result as one number, `first` in the high half.
  Words as_one(std::size_t first, std::size_t second, std::size_t group) const {
    return word[first][group] << 32 | (word[second][group] & 0xFFFFFFFFu);
  }

  /// unit() of a word of each.
  static Units units(Words word) {
    return reinterpret_cast<Units>((word & 0xFFFFFFFFu) | 0x4130000000000000u) - (0x1p20 - 0x1p-33);
  }

  /// unit() of the four words of each counter of a group, one counter after the other.
  void store_in_turn(double* to, std::size_t group) const {
    const auto unit_of = [&](std::size_t w) { return reinterpret_cast<__m256d>(units(word[w][group])); };
    const __m256d first = unit_of(0), second = unit_of(1), third = unit_of(2), fourth = unit_of(3);
    const __m256d even_low = _mm256_unpacklo_pd(first, second), odd_low = _mm256_unpackhi_pd(first, second);
    const __m256d even_high = _mm256_unpacklo_pd(third, fourth), odd_high = _mm256_unpackhi_pd(third, fourth);
    _mm256_storeu_pd(to, _mm256_permute2f128_pd(even_low, even_high, 0x20));
    _mm256_storeu_pd(to + 4, _mm256_permute2f128_pd(odd_low, odd_high, 0x20));
    _mm256_storeu_pd(to + 8, _mm256_permute2f128_pd(even_low, even_high, 0x31));
    _mm256_storeu_pd(to + 12, _mm256_permute2f128_pd(odd_low, odd_high, 0x31));
  }

 private:
  void encrypt(std::array<std::uint32_t, 2> key) {
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
#pragma GCC unroll 2
      for (std::size_t g = 0; g < groups; ++g) {
        const Words a = multiply_low_halves(broadcast(0xD2511F53), word[0][g]);
        const Words b = multiply_low_halves(broadcast(0xCD9E8D57), word[2][g]);
        word[0][g] = (b >> 32) ^ word[1][g] ^ key[0];
        word[1][g] = b;
        word[2][g] = (a >> 32) ^ word[3][g] ^ key[1];
        word[3][g] = a;
      }
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
  }

  static Words broadcast(std::uint64_t x) { return Words{x, x, x, x}; }

  // The compiler does not find this instruction in a loop over 64-bit elements (it would multiply all 64 bits).
  static Words multiply_low_halves(Words a, Words b) {
    return reinterpret_cast<Words>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
  }
};

}  // namespace oligosim

#include <immintrin.h>

#include <algorithm>
#include <cstddef>

#include "engine/random/listed_uniforms.hpp"
#include "engine/random/philox_wide.hpp"

namespace oligosim {

namespace {

using Words = WideWords;

constexpr std::size_t width = 8;
constexpr std::size_t groups = 4;  // independent chains, which hide the latency of the multiplication

}  // namespace

OLIGOSIM_LEVEL_4 void listed_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                                         std::span<const StreamPair> pairs, std::span<double> out) {
  for (std::size_t i = 0; i < pairs.size(); i += groups * width) {
    Words word[4][groups];
    const auto left = [&](std::size_t g) __attribute__((always_inline)) {
      const std::size_t at = i + width * g;
      return at < pairs.size() ? std::min(pairs.size() - at, width) : 0;
    };
#pragma GCC unroll 4
    for (std::size_t g = 0; g < groups; ++g) {
      const __mmask8 mask = first_of_eight(left(g));
      const auto listed = (Words)_mm512_maskz_loadu_epi64(mask, pairs.data() + i + width * g);
      word[0][g] = listed >> 32;
      word[1][g] = listed;  // whose high halves nobody reads
      word[2][g] = Words{} + counter[2];
      word[3][g] = Words{} + counter[3];
    }
    encrypt(word, key);
#pragma GCC unroll 4
    for (std::size_t g = 0; g < groups; ++g)
      store_in_turn(out.data() + 2 * (i + width * g), as_one(word[0][g], word[1][g]), as_one(word[2][g], word[3][g]),
                    2 * left(g));
  }
}

}  // namespace oligosim

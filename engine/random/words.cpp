#include <immintrin.h>

#include <array>
#include <cstdint>
#include <span>

#include "engine/processor/level.hpp"
#include "engine/random/philox_eight.hpp"
#include "engine/random/stream.hpp"
#include "engine/random/uniform_kernels.hpp"

namespace oligosim {

namespace {

// Elements 0 and 1 of both are the words of one counter; they go to `first`, those of the next to `second`.
void store_blocks(std::uint32_t* first, std::uint32_t* second, __m128i low, __m128i high) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(first), _mm_unpacklo_epi64(low, high));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(second), _mm_unpackhi_epi64(low, high));
}

}  // namespace

void Streams::words(Purpose purpose, std::uint32_t index, std::uint32_t block,
                    std::array<std::span<std::uint32_t>, 8> out) const {
  static const bool wide = runs_v4();
  const std::array<std::uint32_t, 4> counter = {block, index, static_cast<std::uint32_t>(purpose), replicate_};
  wide ? words_v4(counter, halves_of(key_), out) : words_v3(counter, halves_of(key_), out);
}

void words_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
              std::array<std::span<std::uint32_t>, 8> out) {
  for (std::size_t at = 0; at + 4 <= out[0].size(); at += 4) {
    const PhiloxEight eight(counter, key);
    ++counter[0];
    for (std::size_t g = 0; g < PhiloxEight::groups; ++g) {
      const __m256i low = reinterpret_cast<__m256i>(eight.as_one(1, 0, g));
      const __m256i high = reinterpret_cast<__m256i>(eight.as_one(3, 2, g));
      const std::size_t k = PhiloxEight::width * g;
      store_blocks(out[k].data() + at, out[k + 1].data() + at, _mm256_castsi256_si128(low),
                   _mm256_castsi256_si128(high));
      store_blocks(out[k + 2].data() + at, out[k + 3].data() + at, _mm256_extracti128_si256(low, 1),
                   _mm256_extracti128_si256(high, 1));
    }
  }
}

}  // namespace oligosim

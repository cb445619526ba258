#include <immintrin.h>

#include <array>
#include <cassert>

#include "engine/random/philox.hpp"
#include "engine/random/philox_eight.hpp"
#include "engine/random/stream.hpp"
#include "engine/random/uniform_kernels.hpp"
#include "engine/random/unit.hpp"

namespace oligosim {

namespace {

using Words = PhiloxEight::Words;

constexpr std::size_t at_once = PhiloxEight::width * PhiloxEight::groups;

// Elements 0 and 1 of both are the words of one counter; they go to `first`, those of the next to `second`.
void store_blocks(std::uint32_t* first, std::uint32_t* second, __m128i low, __m128i high) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(first), _mm_unpacklo_epi64(low, high));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(second), _mm_unpackhi_epi64(low, high));
}

}  // namespace

void Streams::uniforms(Purpose purpose, std::uint32_t pair, std::span<double> first, std::span<double> second) const {
  assert(second.empty() || first.size() == second.size());
  static const bool wide = runs_v4();
  const std::array<std::uint32_t, 4> counter = {pair, 0, static_cast<std::uint32_t>(purpose), replicate_};
  wide ? uniforms_v4(counter, halves_of(key_), first, second) : uniforms_v3(counter, halves_of(key_), first, second);
}

void Streams::uniforms(Purpose purpose, std::uint32_t pair, std::span<double> first) const {
  uniforms(purpose, pair, first, {});
}

void uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> first,
                 std::span<double> second) {
  const auto store = [](double* to, Words bits) {
    _mm256_storeu_pd(to, reinterpret_cast<__m256d>(PhiloxEight::units(bits)));
  };
  std::size_t i = 0;
  for (; i + at_once <= first.size(); i += at_once) {
    counter[1] = static_cast<std::uint32_t>(i);
    const PhiloxEight eight(counter, key);
    for (std::size_t g = 0; g < PhiloxEight::groups; ++g) {
      store(first.data() + i + PhiloxEight::width * g, eight.pair(0, 1, g));
      if (!second.empty()) store(second.data() + i + PhiloxEight::width * g, eight.pair(2, 3, g));
    }
  }
  for (; i < first.size(); ++i) {
    counter[1] = static_cast<std::uint32_t>(i);
    const auto words = philox(counter, key);
    first[i] = unit(std::uint64_t{words[0]} << 32 | words[1]);
    if (!second.empty()) second[i] = unit(std::uint64_t{words[2]} << 32 | words[3]);
  }
}

void Streams::first_uniforms(Purpose purpose, std::uint32_t index, std::span<double> out) const {
  static const bool wide = runs_v4();
  const std::array<std::uint32_t, 4> counter = {0, index, static_cast<std::uint32_t>(purpose), replicate_};
  wide ? first_uniforms_v4(counter, halves_of(key_), out) : first_uniforms_v3(counter, halves_of(key_), out);
}

void first_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> out) {
  constexpr std::size_t numbers = 2 * at_once;
  std::size_t i = 0;
  for (; i + numbers <= out.size(); i += numbers) {
    Words index_and_block[PhiloxEight::groups];
    for (Words& w : index_and_block) {
      w = (Words{0, 1, 2, 3} + counter[0]) << 32 | counter[1];
      counter[0] += PhiloxEight::width;
    }
    const PhiloxEight eight(index_and_block, counter, key);
    for (std::size_t g = 0; g < PhiloxEight::groups; ++g) eight.store_in_turn(&out[i + 2 * PhiloxEight::width * g], g);
  }
  for (; i < out.size(); i += 2, ++counter[0]) {
    const auto words = philox(counter, key);
    out[i] = unit(std::uint64_t{words[0]} << 32 | words[1]);
    if (i + 1 < out.size()) out[i + 1] = unit(std::uint64_t{words[2]} << 32 | words[3]);
  }
}

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
      const __m256i low = reinterpret_cast<__m256i>(eight.pair(1, 0, g));
      const __m256i high = reinterpret_cast<__m256i>(eight.pair(3, 2, g));
      const std::size_t k = PhiloxEight::width * g;
      store_blocks(out[k].data() + at, out[k + 1].data() + at, _mm256_castsi256_si128(low),
                   _mm256_castsi256_si128(high));
      store_blocks(out[k + 2].data() + at, out[k + 3].data() + at, _mm256_extracti128_si256(low, 1),
                   _mm256_extracti128_si256(high, 1));
    }
  }
}

}  // namespace oligosim

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/random/philox_wide.hpp"
#include "engine/random/uniform_kernels.hpp"

namespace oligosim {

namespace {

using Words = WideWords;

constexpr std::size_t width = wide_counters, most = most_chains;
constexpr std::size_t few = 2;  // chains that are sooner done with the last counters

// The numbers of all these counters, of which `left` count, from `at` on.
template <std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void store(const Words (&word)[4][groups], std::size_t left,
                                                                  const std::array<double*, 4>& out, std::size_t at) {
  for (std::size_t g = 0; g < groups; ++g) {
    if (width * g >= left) break;
    const __mmask8 mask = first_of_eight(left - width * g);
#pragma GCC unroll 4
    for (std::size_t w = 0; w < 4; ++w)
      if (out[w] != nullptr) _mm512_mask_storeu_pd(out[w] + at + width * g, mask, (__m512d)units(word[w][g]));
  }
}

template <std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write(const std::array<std::uint32_t, 4>& counter,
                                                                  std::array<std::uint32_t, 2> key, std::size_t n,
                                                                  const std::array<double*, 4>& out, std::size_t at) {
  Words word[4][groups];
  encrypt_from<1>(word, counter, key, at);
  store(word, n - at, out, at);
}

template <std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write_listed(const std::array<std::uint32_t, 4>& counter,
                                                                         std::array<std::uint32_t, 2> key,
                                                                         std::span<const StreamBlock> blocks,
                                                                         const std::array<double*, 4>& out,
                                                                         std::size_t at) {
  Words word[4][groups];
#pragma GCC unroll 5
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t from = std::min(at + width * g, blocks.size());
    const auto listed = (Words)_mm512_maskz_loadu_epi64(first_of_eight(blocks.size() - from), blocks.data() + from);
    word[0][g] = listed >> 32;
    word[1][g] = listed;  // whose high halves nobody reads
    word[2][g] = Words{} + counter[2];
    word[3][g] = Words{} + counter[3];
  }
  encrypt(word, key);
  store(word, blocks.size() - at, out, at);
}

// Of counters `i`, i + 1, ... all numbers in their order.
template <std::size_t groups>
OLIGOSIM_LEVEL_4 __attribute__((always_inline)) inline void write_in_turn(const std::array<std::uint32_t, 4>& counter,
                                                                          std::array<std::uint32_t, 2> key,
                                                                          std::span<double> out, std::size_t i) {
  Words word[4][groups];
  encrypt_from<0>(word, counter, key, i);
  if (4 * (i + width * groups) <= out.size()) {
#pragma GCC unroll 5
    for (std::size_t g = 0; g < groups; ++g)
      store_in_turn(&out[4 * (i + width * g)], {word[0][g], word[1][g], word[2][g], word[3][g]});
    return;
  }
  for (std::size_t g = 0; g < groups; ++g) {
    const std::size_t at = 4 * (i + width * g);
    if (at >= out.size()) break;
    store_in_turn(&out[at], {word[0][g], word[1][g], word[2][g], word[3][g]}, out.size() - at);
  }
}

std::array<double*, 4> starts(const Streams::FourColumns& out) {
  std::array<double*, 4> start;
  for (std::size_t w = 0; w < start.size(); ++w) start[w] = out[w].empty() ? nullptr : out[w].data();
  return start;
}

}  // namespace

OLIGOSIM_LEVEL_4 void uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::size_t n,
                                  const Streams::FourColumns& out) {
  const std::array<double*, 4> to = starts(out);
  std::size_t i = 0;
  for (; i + few * width < n; i += most * width) write<most>(counter, key, n, to, i);
  if (i < n) write<few>(counter, key, n, to, i);
}

OLIGOSIM_LEVEL_4 void listed_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                                         std::span<const StreamBlock> blocks, const Streams::FourColumns& out) {
  const std::array<double*, 4> to = starts(out);
  std::size_t i = 0;
  for (; i + few * width < blocks.size(); i += most * width) write_listed<most>(counter, key, blocks, to, i);
  if (i < blocks.size()) write_listed<few>(counter, key, blocks, to, i);
}

OLIGOSIM_LEVEL_4 void first_uniforms_v4(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                                        std::span<double> out) {
  const std::size_t n = (out.size() + 3) / 4;
  std::size_t i = 0;
  for (; i + few * width < n; i += most * width) write_in_turn<most>(counter, key, out, i);
  if (i < n) write_in_turn<few>(counter, key, out, i);
}

}  // namespace oligosim

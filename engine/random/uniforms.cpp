#include <immintrin.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

#include "engine/processor/level.hpp"
#include "engine/random/philox.hpp"
#include "engine/random/philox_eight.hpp"
#include "engine/random/stream.hpp"
#include "engine/random/uniform_kernels.hpp"
#include "engine/random/unit.hpp"

namespace oligosim {
namespace {

constexpr std::size_t at_once = PhiloxEight::width * PhiloxEight::groups;

std::size_t length(const Streams::FourColumns& columns) {
  std::size_t n = 0;
  for (const std::span<double> column : columns) n = std::max(n, column.size());
  return n;
}

/// Those that are wanted.
[[maybe_unused]] bool have_length(const Streams::FourColumns& columns, std::size_t n) {
  return std::ranges::all_of(columns, [n](const auto& column) { return column.empty() || column.size() == n; });
}

void store(const PhiloxEight& eight, const Streams::FourColumns& out, std::size_t at) {
  for (std::size_t w = 0; w < out.size(); ++w)
    for (std::size_t g = 0; g < PhiloxEight::groups && !out[w].empty(); ++g)
      _mm256_storeu_pd(&out[w][at + PhiloxEight::width * g],
                       reinterpret_cast<__m256d>(PhiloxEight::units(eight.word[w][g])));
}

void store(const std::array<std::uint32_t, 4>& words, const Streams::FourColumns& out, std::size_t at) {
  for (std::size_t w = 0; w < out.size(); ++w)
    if (!out[w].empty()) out[w][at] = unit(words[w]);
}

}  // namespace

void Streams::uniforms(Purpose purpose, std::uint32_t block, const FourColumns& out) const {
  assert(have_length(out, length(out)));
  static const bool wide = runs_v4();
  const std::array<std::uint32_t, 4> counter = {block, 0, static_cast<std::uint32_t>(purpose), replicate_};
  (wide ? uniforms_v4 : uniforms_v3)(counter, halves_of(key_), length(out), out);
}

void Streams::uniforms(Purpose purpose, std::span<const StreamBlock> blocks, const FourColumns& out) const {
  assert(have_length(out, blocks.size()));
  static const bool wide = runs_v4();
  const std::array<std::uint32_t, 4> counter = {0, 0, static_cast<std::uint32_t>(purpose), replicate_};
  (wide ? listed_uniforms_v4 : listed_uniforms_v3)(counter, halves_of(key_), blocks, out);
}

void uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::size_t n,
                 const Streams::FourColumns& out) {
  std::size_t i = 0;
  for (; i + at_once <= n; i += at_once, counter[1] += at_once) store(PhiloxEight(counter, key), out, i);
  for (; i < n; ++i, ++counter[1]) store(philox(counter, key), out, i);
}

void listed_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key,
                        std::span<const StreamBlock> blocks, const Streams::FourColumns& out) {
  std::size_t i = 0;
  for (; i + at_once <= blocks.size(); i += at_once) {
    PhiloxEight::Words index_and_block[PhiloxEight::groups];
    std::memcpy(index_and_block, &blocks[i], sizeof index_and_block);
    store(PhiloxEight(index_and_block, counter, key), out, i);
  }
  for (; i < blocks.size(); ++i) store(philox({blocks[i].block, blocks[i].index, counter[2], counter[3]}, key), out, i);
}

void Streams::first_uniforms(Purpose purpose, std::uint32_t index, std::span<double> out) const {
  static const bool wide = runs_v4();
  const std::array<std::uint32_t, 4> counter = {0, index, static_cast<std::uint32_t>(purpose), replicate_};
  (wide ? first_uniforms_v4 : first_uniforms_v3)(counter, halves_of(key_), out);
}

void first_uniforms_v3(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key, std::span<double> out) {
  constexpr std::size_t numbers = 4 * at_once;
  std::size_t i = 0;
  for (; i + numbers <= out.size(); i += numbers) {
    PhiloxEight::Words index_and_block[PhiloxEight::groups];
    for (PhiloxEight::Words& w : index_and_block) {
      w = (PhiloxEight::Words{0, 1, 2, 3} + counter[0]) << 32 | counter[1];
      counter[0] += PhiloxEight::width;
    }
    const PhiloxEight eight(index_and_block, counter, key);
    for (std::size_t g = 0; g < PhiloxEight::groups; ++g) eight.store_in_turn(&out[i + 4 * PhiloxEight::width * g], g);
  }
  for (; i < out.size(); i += 4, ++counter[0]) {
    const std::array<std::uint32_t, 4> words = philox(counter, key);
    for (std::size_t w = 0; w < std::min<std::size_t>(4, out.size() - i); ++w) out[i + w] = unit(words[w]);
  }
}

}  // namespace oligosim

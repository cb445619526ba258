#include "models/trial/block_arrangements.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <utility>

namespace oligosim {

BlockArrangements::BlockArrangements(std::span<const std::uint8_t> arm)
    : size_(static_cast<std::uint32_t>(arm.size())) {
  assert(arm.size() <= largest);
  std::uint32_t count = 1;
  for (std::uint32_t k = 2; k <= size_; ++k) count *= k;
  for (std::uint32_t position = 0; position < count; ++position) {
    std::array<std::uint32_t, largest + 1> drawn{};
    std::uint32_t rest = position;
    for (std::uint32_t k = 2; k <= size_; ++k) drawn[k] = rest % k, rest /= k;
    std::array<std::uint8_t, room> block{};
    std::copy(arm.begin(), arm.end(), block.begin());
    for (std::uint32_t k = size_; k > 1; --k) std::swap(block[k - 1], block[drawn[k]]);
    arms_.push_back(std::bit_cast<std::uint64_t>(block));
  }
}

namespace {

// Four blocks side by side.
using Four = std::uint64_t __attribute__((vector_size(32)));

Four four(const std::uint64_t* from) {
  Four some;
  std::memcpy(&some, from, sizeof some);
  return some;
}

/// Of the low halves: the compiler would multiply all 64 bits.
Four product(const Four& a, std::uint64_t b) {
  return reinterpret_cast<Four>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(Four{} + b)));
}

}  // namespace

void BlockArrangements::draw_all(const Streams& streams, Purpose purpose, std::span<std::uint64_t> arms,
                                 Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::size_t n = arms.size();
  const std::size_t rounded = (n + 3) / 4 * 4;
  std::array<std::span<std::uint64_t>, (largest + 2) / 4 * 2> pair;  // of numbers of each block
  for (std::span<std::uint64_t>& p : pair) p = arena.take<std::uint64_t>(rounded);
  for (std::uint32_t k = 0; 4 * k + 1 < size_; ++k)
    streams.pairs(purpose, k, pair[2 * k].first(n), pair[2 * k + 1].first(n));
  const std::span<std::uint64_t> position = arena.take<std::uint64_t>(rounded, 0);
  Four again{};
  for (std::size_t b = 0; b < rounded; b += 4) {
    Four drawn_so_far{};
    for (std::uint32_t drawn = 0, bound = size_; bound > 1; ++drawn, --bound) {
      const Four numbers = four(&pair[drawn / 2][b]) >> (drawn % 2 == 0 ? 32 : 0), scaled = product(numbers, bound);
      drawn_so_far = product(drawn_so_far, bound) + (scaled >> 32);
      again |= (scaled & 0xFFFFFFFFu) < bound;
    }
    std::memcpy(&position[b], &drawn_so_far, sizeof drawn_so_far);
  }
  for (std::size_t b = 0; b < n; ++b) arms[b] = arms_[position[b]];
  // One of the numbers may have to be drawn again, which Stream::below decides: once in a billion.
  if ((again[0] | again[1] | again[2] | again[3]) == 0) return;
  for (std::size_t b = 0; b < n; ++b) {
    Stream stream = streams.stream(purpose, static_cast<std::uint32_t>(b));
    arms[b] = draw([&](std::uint32_t bound) { return stream.below(bound); });
  }
}

}  // namespace oligosim

#include "models/trial/block_arrangements.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
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

void BlockArrangements::draw_all(const Streams& streams, Purpose purpose, std::span<std::uint64_t> arms,
                                 Arena& arena) const {
  const Arena::Scope scope(arena);
  const std::size_t n = arms.size();
  const std::span<std::uint32_t> position = arena.take<std::uint32_t>(n, 0), again = arena.take<std::uint32_t>(n, 0);
  const std::span<std::uint64_t> first = arena.take<std::uint64_t>(n), second = arena.take<std::uint64_t>(n);
  for (std::uint32_t drawn = 0, bound = size_; bound > 1; ++drawn, --bound) {
    if (drawn % 4 == 0) streams.pairs(purpose, drawn / 4, first, second);
    const std::span<const std::uint64_t> pair = drawn % 4 < 2 ? first : second;
    const unsigned shift = drawn % 2 == 0 ? 32 : 0;
    for (std::size_t b = 0; b < n; ++b) {
      const std::uint64_t product = (pair[b] >> shift & 0xFFFFFFFFu) * bound;
      position[b] = position[b] * bound + static_cast<std::uint32_t>(product >> 32);
      again[b] |= static_cast<std::uint32_t>(product) < bound;
    }
  }
  for (std::size_t b = 0; b < n; ++b) {
    arms[b] = arms_[position[b]];
    if (again[b] == 0) [[likely]]
      continue;
    // One of the numbers may have to be drawn again, which Stream::below decides: once in a billion.
    Stream stream = streams.stream(purpose, static_cast<std::uint32_t>(b));
    arms[b] = draw([&](std::uint32_t below) { return stream.below(below); });
  }
}

}  // namespace oligosim

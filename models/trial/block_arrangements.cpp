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

}  // namespace oligosim

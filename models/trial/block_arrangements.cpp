#include "models/trial/block_arrangements.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <utility>

namespace oligosim {

BlockArrangements::BlockArrangements(std::span<const std::uint8_t> arm) {
  assert(arm.size() <= largest);
  const auto size = static_cast<std::uint32_t>(arm.size());
  std::uint32_t count = 1;
  for (std::uint32_t k = 2; k <= size; ++k) count *= k;
  for (std::uint32_t arrangement = 0; arrangement < count; ++arrangement) {
    std::array<std::uint8_t, room> block{};
    std::copy(arm.begin(), arm.end(), block.begin());
    std::uint32_t rest = arrangement;
    for (std::uint32_t k = 2; k <= size; rest /= k++) std::swap(block[k - 1], block[rest % k]);
    arms_.push_back(std::bit_cast<std::uint64_t>(block));
  }
}

}  // namespace oligosim

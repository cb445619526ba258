#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace oligosim {

/// What the shuffle of Fisher and Yates (1938) makes of a small block, whatever it draws: shuffled beforehand, once a
/// study.
class BlockArrangements {
 public:
  static constexpr std::uint32_t largest = 6;  // patients; 720 arrangements
  static constexpr std::uint32_t room = 8;     // patients that one number holds

  /// `arm`: of the block's patients before the shuffle, at most `largest`.
  explicit BlockArrangements(std::span<const std::uint8_t> arm);

  /// The arm of patient k in byte k. `below(bound)` draws 0 ... bound - 1, for the bounds size, size - 1 ... 2.
  template <class Below>
  std::uint64_t draw(const Below& below) const {
    std::uint32_t position = 0;
    for (std::uint32_t k = size_; k > 1; --k) position = position * k + below(k);
    return arms_[position];
  }

 private:
  std::uint32_t size_;
  std::vector<std::uint64_t> arms_;
};

}  // namespace oligosim

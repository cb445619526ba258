#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace oligosim {

/// All orders of a small block that the shuffle of Fisher and Yates (1938) can make of it, each as often as the
/// others: shuffled beforehand, once a study.
class BlockArrangements {
 public:
  static constexpr std::uint32_t largest = 6;  // patients; 720 arrangements
  static constexpr std::uint32_t room = 8;     // patients that one number holds

  /// `arm`: of the block's patients before the shuffle, at most `largest`.
  explicit BlockArrangements(std::span<const std::uint8_t> arm);

  std::uint32_t count() const { return static_cast<std::uint32_t>(arms_.size()); }
  /// The arm of patient k in byte k.
  std::uint64_t operator[](std::uint32_t arrangement) const { return arms_[arrangement]; }

 private:
  std::vector<std::uint64_t> arms_;
};

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

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

  /// What draw() returns when it draws as many blocks of patients after each other, block b from stream(purpose, b).
  void draw_all(const Streams& streams, Purpose purpose, std::span<std::uint64_t> arms, Arena& arena) const;

  std::uint32_t size() const { return size_; }

 private:
  std::uint32_t size_;
  std::vector<std::uint64_t> arms_;
};

}  // namespace oligosim

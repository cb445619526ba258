#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "engine/numeric/lanes.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// The numbers of eight streams in their order, some blocks at a time.
class WordsOfEight {
 public:
  static constexpr std::size_t most = 128;  // numbers of a stream at a time

  WordsOfEight(const Streams& streams, Purpose purpose, std::uint32_t first)
      : streams_(streams), purpose_(purpose), first_(first) {}

  /// The next numbers of each stream, at least one and not many more than `wanted`: four blocks at a time, which are
  /// made side by side.
  void advance(std::size_t wanted) {
    const std::size_t blocks = std::min((wanted + 15) / 16 * 4, most / 4);
    std::array<std::span<std::uint32_t>, lanes> out;
    for (std::size_t k = 0; k < lanes; ++k) out[k] = std::span(word_[k]).first(4 * blocks);
    streams_.words(purpose_, first_, block_, out);
    block_ += static_cast<std::uint32_t>(blocks);
    size_ = 4 * blocks;
  }

  std::size_t size() const { return size_; }
  std::span<std::uint32_t> of(std::size_t k) { return std::span(word_[k]).first(size_); }

 private:
  const Streams& streams_;
  Purpose purpose_;
  std::uint32_t first_, block_ = 0;
  std::size_t size_ = 0;
  std::array<std::array<std::uint32_t, most>, lanes> word_;
};

}  // namespace oligosim

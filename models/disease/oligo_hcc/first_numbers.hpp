#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// The first uniform numbers of each patient's stream, as many as he needs.
class FirstNumbers {
 public:
  FirstNumbers(const Streams& streams, Purpose purpose, std::span<const std::uint32_t> count, Arena& arena)
      : from_(arena.take<std::size_t>(count.size())) {
    std::size_t all = 0;
    for (std::size_t i = 0; i < count.size(); ++i) from_[i] = 2 * all, all += (count[i] + 1) / 2;
    numbers_ = arena.take<double>(2 * all + readable_beyond);
    const Arena::Scope scope(arena);
    // Written eight at once; the next patient overwrites those that are too many. Most patients need no more.
    using Pairs = std::uint64_t __attribute__((vector_size(64)));  // each the index below and the pair above
    constexpr Pairs which = {0, 1, 2, 3, 4, 5, 6, 7};
    constexpr std::uint32_t at_once = sizeof(Pairs) / sizeof(StreamPair);
    const std::span<StreamPair> pairs = arena.take<StreamPair>(all + at_once);
    for (std::uint32_t i = 0; i < count.size(); ++i)
      for (std::uint32_t k = 0; 2 * k < count[i]; k += at_once) {
        const Pairs next = (which + k) << 32 | i;
        std::memcpy(&pairs[from_[i] / 2 + k], &next, sizeof next);
      }
    streams.uniforms(purpose, pairs.first(all), numbers_.first(2 * all));
  }

  /// What may be read after the last number.
  static constexpr std::size_t readable_beyond = 16;
  /// Where those of a patient begin.
  const double* of(std::size_t patient) const { return numbers_.data() + from_[patient]; }

 private:
  std::span<std::size_t> from_;
  std::span<double> numbers_;
};

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <cstdint>
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
    // Written so many at once; the next patient overwrites those that are too many. Most patients need no more.
    constexpr std::uint32_t at_once = 8;
    const std::span<StreamPair> pairs = arena.take<StreamPair>(all + at_once);
    for (std::uint32_t i = 0; i < count.size(); ++i)
      for (std::uint32_t k = 0; 2 * k < count[i]; k += at_once)
        for (std::uint32_t more = 0; more < at_once; ++more) pairs[from_[i] / 2 + k + more] = {i, k + more};
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

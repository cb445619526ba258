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
    numbers_ = arena.take<double>(2 * all);
    const Arena::Scope scope(arena);
    const std::span<StreamPair> pairs = arena.take<StreamPair>(all);
    for (std::size_t i = 0, at = 0; i < count.size(); ++i)
      for (std::uint32_t k = 0; 2 * k < count[i]; ++k) pairs[at++] = {static_cast<std::uint32_t>(i), k};
    streams.uniforms(purpose, pairs, numbers_);
  }

  /// Where those of a patient begin.
  const double* of(std::size_t patient) const { return numbers_.data() + from_[patient]; }

 private:
  std::span<std::size_t> from_;
  std::span<double> numbers_;
};

}  // namespace oligosim

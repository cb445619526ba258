#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// The uniform numbers of each patient's stream in their order, each for all patients at once.
class NumberColumns {
 public:
  NumberColumns(const Streams& streams, Purpose purpose, std::size_t patients, Arena& arena)
      : streams_(streams), purpose_(purpose) {
    for (std::span<double>& column : column_) column = arena.take<double>(patients);
  }

  /// The next uniform() of stream(purpose, i) in element i. It stays until six more have been made.
  std::span<double> next() {
    const std::size_t slot = made_ % column_.size();
    if (slot % 2 == 0)
      streams_.uniforms(purpose_, static_cast<std::uint32_t>(made_ / 2), column_[slot], column_[slot + 1]);
    ++made_;
    return column_[slot];
  }

 private:
  const Streams& streams_;
  Purpose purpose_;
  std::array<std::span<double>, 8> column_;
  std::size_t made_ = 0;
};

}  // namespace oligosim

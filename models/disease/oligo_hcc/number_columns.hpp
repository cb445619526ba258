#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/random/stream.hpp"

namespace oligosim {

/// Room for four numbers of each patient.
inline Streams::FourColumns take_four_columns(std::size_t patients, Arena& arena) {
  return {arena.take<double>(patients), arena.take<double>(patients), arena.take<double>(patients),
          arena.take<double>(patients)};
}

/// The uniform() draws of each patient's stream in their order, each for all patients at once.
class NumberColumns {
 public:
  NumberColumns(const Streams& streams, Purpose purpose, std::size_t patients, Arena& arena)
      : streams_(streams), purpose_(purpose) {
    for (Streams::FourColumns& block : blocks_) block = take_four_columns(patients, arena);
  }

  /// The next draw of stream(purpose, i) in element i. It stays until four more have been made.
  std::span<double> next() {
    const std::uint32_t block = made_ / 4;
    Streams::FourColumns& columns = blocks_[block % blocks_.size()];
    if (made_ % 4 == 0) streams_.uniforms(purpose_, block, columns);
    return columns[made_++ % 4];
  }

 private:
  const Streams& streams_;
  Purpose purpose_;
  std::array<Streams::FourColumns, 2> blocks_;
  std::uint32_t made_ = 0;
};

}  // namespace oligosim

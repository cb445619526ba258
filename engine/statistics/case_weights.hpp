#pragma once

#include <immintrin.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"

namespace oligosim {

/// A whole number in each lane.
using WholeLanes = std::int32_t __attribute__((vector_size(32)));

/// As doubles. By instructions of their own: the compiler converts pairs.
[[gnu::always_inline]] inline void write_numbers(const WholeLanes& whole, Lanes& numbers) {
  const auto both = reinterpret_cast<__m256i>(whole);
  set_part(numbers, 0, HalfLanes(_mm256_cvtepi32_pd(_mm256_castsi256_si128(both))));
  set_part(numbers, 1, HalfLanes(_mm256_cvtepi32_pd(_mm256_extracti128_si256(both, 1))));
}

/// The weights that eight resamples give the rows of a data set: how often each is in them, or any numbers.
class CaseWeights {
 public:
  CaseWeights(std::span<const Lanes> numbers) : numbers_(numbers) {}
  explicit CaseWeights(std::span<const WholeLanes> counts) : counts_(counts) {}

  /// Empty where they are given as numbers, whole or not.
  std::span<const WholeLanes> counts() const { return counts_; }
  /// However they are given.
  std::span<const Lanes> numbers(Arena& arena) const {
    if (counts_.empty()) return numbers_;
    const std::span<Lanes> made = arena.take<Lanes>(counts_.size());
    for (std::size_t i = 0; i < made.size(); ++i) write_numbers(counts_[i], made[i]);
    return made;
  }
  /// Those of some rows, in their order.
  std::span<const Lanes> numbers_of(std::span<const std::uint32_t> rows, Arena& arena) const {
    const std::span<Lanes> made = arena.take<Lanes>(rows.size());
    if (counts_.empty()) {
      for (std::size_t i = 0; i < made.size(); ++i) made[i] = numbers_[rows[i]];
    } else {
      for (std::size_t i = 0; i < made.size(); ++i) write_numbers(counts_[rows[i]], made[i]);
    }
    return made;
  }

 private:
  std::span<const Lanes> numbers_;
  std::span<const WholeLanes> counts_;
};

}  // namespace oligosim

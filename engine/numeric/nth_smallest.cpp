#include "engine/numeric/nth_smallest.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdint>
#include <limits>

#include "engine/numeric/lanes.hpp"

namespace oligosim {

namespace {

// Sixteen values side by side, each as the number of its step of equal width.
using Step = std::int16_t;
using Steps = Step __attribute__((vector_size(32)));
constexpr std::size_t width = sizeof(Steps) / sizeof(Step);
constexpr std::size_t most_steps = std::size_t{1} << 14;
constexpr Step behind_all = std::numeric_limits<Step>::max();

/// The step of a value; the last one of those that are infinite.
class StepOf {
 public:
  StepOf(const ValueRange& range, std::size_t steps)
      : lowest_(broadcast<HalfLanes>(range.lowest)),
        last_(broadcast<HalfLanes>(static_cast<double>(steps - 1))),
        a_unit_(broadcast<HalfLanes>(range.steps_a_unit(last_[0]))) {}

  __m128i eight(const double* value) const { return _mm_packs_epi32(four(value), four(value + 4)); }
  Step one(double value) const { return static_cast<Step>(std::min((value - lowest_[0]) * a_unit_[0], last_[0])); }

 private:
  __m128i four(const double* value) const {
    const HalfLanes s = (four_of(value) - lowest_) * a_unit_;
    return _mm256_cvttpd_epi32(reinterpret_cast<__m256d>(s < last_ ? s : last_));
  }

  HalfLanes lowest_, last_, a_unit_;
};

/// Of all values; the lanes left over are behind all.
std::span<const Steps> steps_of(std::span<const double> value, const StepOf& step_of, Arena& arena) {
  const std::span<Steps> all = arena.take<Steps>((value.size() + width - 1) / width);
  Step* const step = reinterpret_cast<Step*>(all.data());
  std::size_t i = 0;
  for (; i + 8 <= value.size(); i += 8) _mm_store_si128(reinterpret_cast<__m128i*>(step + i), step_of.eight(&value[i]));
  for (; i < value.size(); ++i) step[i] = step_of.one(value[i]);
  std::fill(step + i, step + all.size() * width, behind_all);
  return all;
}

std::size_t sum(const Steps& counts) {
  const __m256i ones = _mm256_set1_epi16(1);
  const __m256i pairs = _mm256_madd_epi16(reinterpret_cast<__m256i>(counts), ones);
  __m128i sums = _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
  sums = _mm_hadd_epi32(sums, sums);
  return static_cast<std::size_t>(_mm_extract_epi32(sums, 0) + _mm_extract_epi32(sums, 1));
}

/// How many are below each of three bounds.
std::array<std::size_t, 3> below(const std::array<std::size_t, 3>& bound, std::span<const Steps> step) {
  constexpr std::size_t at_once = std::numeric_limits<Step>::max();  // as many as a lane can count
  std::array<std::size_t, 3> count{};
  for (; !step.empty(); step = step.subspan(std::min(at_once, step.size()))) {
    Steps of_lane[3] = {}, all[3];
    for (std::size_t b = 0; b < 3; ++b) all[b] = Steps{} + static_cast<Step>(bound[b]);
    for (const Steps& s : step.first(std::min(at_once, step.size())))
      for (std::size_t b = 0; b < 3; ++b) of_lane[b] -= s < all[b];  // true is -1
    for (std::size_t b = 0; b < 3; ++b) count[b] += sum(of_lane[b]);
  }
  return count;
}

double nth_of(std::span<double> value, std::size_t nth) {
  const auto wanted = value.begin() + static_cast<std::ptrdiff_t>(nth) - 1;
  std::nth_element(value.begin(), wanted, value.end());
  return *wanted;
}

}  // namespace

// The step that holds the nth is found by counting, of what is left to a quarter each time; only its values are
// compared.
double nth_smallest(std::span<const double> value, const ValueRange& range, std::size_t nth, Arena& arena) {
  assert(nth >= 1 && nth <= value.size());
  const Arena::Scope scope(arena);
  const std::span<double> candidate = arena.take<double>(value.size());
  if (!range.divides()) {
    std::copy(value.begin(), value.end(), candidate.begin());
    return nth_of(candidate, nth);
  }
  std::size_t steps = 4;
  while (steps < value.size() && steps < most_steps) steps *= 4;
  const std::span<const Steps> step = steps_of(value, StepOf(range, steps), arena);
  std::size_t own = 0, before = 0;
  for (std::size_t quarter = steps / 4; quarter > 0; quarter /= 4) {
    const std::array<std::size_t, 3> bound{own + quarter, own + 2 * quarter, own + 3 * quarter};
    const std::array<std::size_t, 3> count = below(bound, step);
    for (std::size_t b = 0; b < 3; ++b)
      if (count[b] < nth) own = bound[b], before = count[b];
  }
  std::size_t candidates = 0;
  for (std::size_t i = 0; i < step.size(); ++i) {
    const Steps is_own = step[i] == static_cast<Step>(own);
    auto found = static_cast<std::uint32_t>(_mm256_movemask_epi8(reinterpret_cast<__m256i>(is_own)));
    for (; found != 0; found &= found - 1, found &= found - 1)  // two bits a lane
      candidate[candidates++] = value[i * width + static_cast<std::size_t>(std::countr_zero(found)) / 2];
  }
  return nth_of(candidate.first(candidates), nth - before);
}

}  // namespace oligosim

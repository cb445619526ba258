#include <immintrin.h>

#include <algorithm>
#include <cstring>

#include "engine/numeric/lanes.hpp"
#include "models/trial/seen.hpp"
#include "models/trial/trial.hpp"

namespace oligosim {
namespace {

using FourCodes = std::int32_t __attribute__((vector_size(16)));

/// TwoGroups::code_of() of each. `seen`: as comparisons say it, all bits or none.
template <class Mask>
FourCodes codes_of(const std::uint8_t* arm, const Mask& seen) {
  std::int32_t arms;
  std::memcpy(&arms, arm, sizeof arms);
  const auto halves = reinterpret_cast<std::int32_t __attribute__((vector_size(32)))>(seen);
  const FourCodes low = __builtin_shufflevector(halves, halves, 0, 2, 4, 6);
  return reinterpret_cast<FourCodes>(_mm_cvtepu8_epi32(_mm_cvtsi32_si128(arms))) | (low & 2);
}

}  // namespace

TwoGroups Trial::two_arms(const Patients& patients, std::size_t endpoint, double day, Arena& arena) const {
  const std::size_t n = patients.count();
  const std::span<double> time = arena.take<double>(n);
  const std::span<std::int32_t> code = arena.take<std::int32_t>(n);
  const std::span<const double> event = patients.course.event_day[endpoint];
  const std::span<const double> dropout = patients.dropout_day, entry = patients.enrollment_day;
  std::size_t i = 0, first_in = 0;  // of the first patients so many at least have entered, and stay where they are
  for (; i + 4 <= n; i += 4) {
    const HalfLanes e = four_of(&event[i]), out = four_of(&dropout[i]), in = four_of(&entry[i]), end = day - in;
    if (first_in == i && all(in < day)) first_in += 4;
    const auto seen = is_seen(e, out, in, day);
    const HalfLanes t = seen ? e : end < out ? end : out;
    const FourCodes c = codes_of(&patients.arm[i], seen);
    std::memcpy(&time[i], &t, sizeof t);
    std::memcpy(&code[i], &c, sizeof c);
  }
  for (; i < n; ++i) {
    const bool seen = is_seen(event[i], dropout[i], entry[i], day);
    time[i] = seen ? event[i] : std::min(dropout[i], day - entry[i]);
    code[i] = TwoGroups::code_of(patients.arm[i], seen);
  }
  std::size_t kept = first_in;
  for (i = first_in; i < n; ++i) {
    time[kept] = time[i];
    code[kept] = code[i];
    kept += entry[i] < day;
  }
  return {time.first(kept), code.first(kept), day};
}

}  // namespace oligosim

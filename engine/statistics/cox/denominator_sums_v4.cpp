// What is not inlined must not be compiled for level v4, as other files would then share it: every header that these
// include is included before.
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <type_traits>

#include "engine/numeric/lanes.hpp"

#ifndef __clang__  // which does not know it, and goes through eight lanes in two halves
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq")
#endif

#include "engine/statistics/cox/denominator_sums.hpp"

namespace oligosim {

DenominatorSums<Lanes> denominator_sums_v4(const Denominators<Lanes>& denominators, const Lanes& beta) {
  return sum_parts<DenominatorSumming, true, Lanes>(denominators, beta);
}
ShareSums<Lanes> share_sums_v4(const Denominators<Lanes>& denominators, const Lanes& beta) {
  return sum_parts<ShareSumming, true, Lanes>(denominators, beta);
}

}  // namespace oligosim

#ifndef __clang__
#pragma GCC pop_options
#endif

#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sample.hpp"

namespace oligosim {

/// All differences of a value of the first group minus one of the second, ascending: they depend on no weights. Where
/// there are too many to list, the places of the two groups alone, from which any of them is found by counting.
struct PairwiseDifferences {
  bool listed = true;
  std::span<const double> value;
  std::span<const std::uint32_t> first;   // place of the minuend in the sample; not listed: of the first group
  std::span<const std::uint32_t> second;  // of the subtrahend; not listed: of the second group
};

/// `group` has one code a value of the sample: 0 first, 1 second group. `most`: so many are listed.
PairwiseDifferences pairwise_differences(const Sample& sample, std::span<const std::uint8_t> group, Arena& arena,
                                         std::size_t most = std::size_t{1} << 20);

/// Mann-Whitney test and Hodges-Lehmann shift, first minus second group, one estimate a lane, as R's wilcox.test.
/// statistic: W of the first group. p_value: exact where both groups are below 50 and no two values are equal, else
/// normal with the variance corrected for ties and the continuity correction. estimate: the median of the differences.
/// lower, upper: order statistics of the differences; in the normal case the differences at which the standardized W
/// passes the normal quantile, which R's uniroot finds to 1e-4; missing where no interval of the level exists, as of
/// three values against three at 95 %, where R warns that it is not achievable. signed_statistic: the normal quantile
/// of the one-sided p value, positive where the second group has the larger values. n_events is missing. `weight`:
/// integer weights in the order of the sample, ties as rows written out; empty: all 1. A group without values:
/// `empty_group`; all values equal: `singular` (shift 0, no p value).
template <Weight V>
std::array<Estimate, lane_count<V>> mann_whitney(const Sample& sample, std::span<const std::uint8_t> group,
                                                 const PairwiseDifferences& differences, std::span<const V> weight,
                                                 double confidence, Arena& arena);

}  // namespace oligosim

#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Welch (1947) with a variance for each group, or Student with one for both.
enum class GroupVariance { welch, pooled };

/// Two-sample t test, mean of the first group (code 0) minus mean of the second (code 1), one estimate a lane, as R's
/// t.test: estimate, standard_error, interval, statistic, df, p_value. Rows with another code or a NaN value do not
/// count. signed_statistic: the normal quantile of the one-sided p value, positive where the second group's mean is
/// larger. `weight`: integer weights as rows written out; empty: all 1.
/// A group without values: `empty_group`. No variance (one value a group for Welch, two values in all for pooled), or a
/// standard error below 10 epsilons of the means, where R stops too: `singular`, with the difference alone.
template <Weight V>
std::array<Estimate, lane_count<V>> t_test(std::span<const double> value, std::span<const std::uint8_t> group,
                                           std::span<const V> weight, GroupVariance variance, double confidence);

}  // namespace oligosim

#pragma once

#include <span>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/sample.hpp"

namespace oligosim {

/// A numeric column in numbers. NaN: all but n where n = 0, the standard deviation where n = 1.
template <Weight V>
struct Description {
  V n;
  V mean;
  V standard_deviation;  // divisor n - 1
  V minimum;
  V quartile_1;
  V median;
  V quartile_3;
  V maximum;
};

/// `weight`: integer weights in the order of the sample, as rows written out (0 for rows of other groups); empty: all
/// 1. Quartiles are of type 7.
template <Weight V>
Description<V> describe(const Sample& sample, std::span<const V> weight);

/// Quantile of type 7 (Hyndman and Fan 1996), the default of R's quantile; NaN where n = 0.
template <Weight V>
V quantile(const Sample& sample, std::span<const V> weight, double probability);

}  // namespace oligosim

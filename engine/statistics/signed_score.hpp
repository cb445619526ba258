#pragma once

#include "engine/numeric/normal.hpp"

namespace oligosim {

/// The signed_statistic of a discrete test from its two one-sided p values, which overlap in the observed value: the
/// normal quantile of the one that is at most 1/2, positive where that is `greater`; 0 where neither is. At a level
/// below 1/2 it rejects where the one-sided test does.
inline double signed_score(double less, double greater) {
  if (greater <= 0.5) return -normal_quantile(greater);
  return less <= 0.5 ? normal_quantile(less) : 0.0;
}

}  // namespace oligosim

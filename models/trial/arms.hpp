#pragma once

#include <cstddef>
#include <cstdint>

namespace oligosim {

/// Arms of a trial, one bit each; the first is the control.
using ArmSet = std::uint32_t;

inline bool has_arm(ArmSet arms, std::size_t arm) { return (arms >> arm & 1U) != 0; }

/// The part of the patients in these arms of `count`; share_of_arm(k) is that of arm k.
template <class Share>
double share_of(ArmSet arms, std::size_t count, const Share& share_of_arm) {
  double share = 0;
  for (std::size_t arm = 0; arm < count; ++arm)
    if (has_arm(arms, arm)) share += share_of_arm(arm);
  return share;
}

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <cstdint>

namespace oligosim {

/// Arms of a trial, one bit each; the first is the control.
using ArmSet = std::uint32_t;

inline bool has_arm(ArmSet arms, std::size_t arm) { return (arms >> arm & 1U) != 0; }

}  // namespace oligosim

#pragma once

namespace oligosim {

/// What a trial ends with, or a hypothesis is rejected for; harm: of designs of two sides, a claim in favour of the
/// control.
enum class Decision { none, efficacy, harm, futility };

/// What z claims at a boundary, which in a design of two sides is below 0 as well.
inline Decision claim_at(double z, double boundary, int sides) {
  if (z >= boundary) return Decision::efficacy;
  return sides == 2 && -z >= boundary ? Decision::harm : Decision::none;
}

}  // namespace oligosim

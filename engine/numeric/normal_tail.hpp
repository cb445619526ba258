#pragma once

#include "engine/numeric/elementary.hpp"

namespace oligosim {

/// P(Z > x) of a standard normal number in every width of registers, with the same bits: within (2 + x^2 / 4) 1e-15 of
/// it, relatively, for what integrals add up by the hundred. Above 0 it is exp(-x^2 / 2) t P(t), t = 1 / (1 + x / 4);
/// the polynomial, in t moved to -1 ... 1, meets the tail at Chebyshev nodes of x from 0 to 38.5, where it becomes 0.
template <Weight V>
[[gnu::always_inline]] inline V normal_upper_tail(const V& x) {
  constexpr double furthest = 38.5;
  const V size = x < 0.0 ? -x : x;
  const V inside = size < furthest ? size : V{} + furthest;
  const V t = 1.0 / multiply_add(inside, V{} + 0.25, V{} + 1.0);
  const V u = multiply_add(t, V{} + 0x1.1a98ef606a63cp+1, V{} - 0x1.3531dec0d4c78p+0), w = u * u;
  const V even = elementary::horner(w, 0.20402213569120897, 0.09089852855694432, 0.010679781003588655,
                                    -0.0006223952862115045, 3.6685903484080375e-05, -3.3988826967973613e-06,
                                    5.426153906223188e-07, -1.0713483169254419e-07, 2.0108924816575337e-08,
                                    -3.0029457597912457e-09, 2.5800274724801357e-10);
  const V odd =
      elementary::horner(w, 0.15534307888251978, 0.039002745231094184, 0.0008053022143621321, -0.00018245028782733826,
                         2.183765387522461e-05, -2.5736325111028765e-06, 2.9694953780565267e-07,
                         -2.7901523658943465e-08, 7.307945061121437e-10, 3.942223682981579e-10, -6.540232834686496e-11);
  const V above = elementary::exp(-0.5 * inside * inside) * t * multiply_add(u, odd, even);
  const V tail = size < furthest ? above : V{};
  const V value = x < 0.0 ? 1.0 - tail : tail;
  return x == x ? value : x;
}

}  // namespace oligosim

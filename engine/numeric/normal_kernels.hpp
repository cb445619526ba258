#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/lanes.hpp"

namespace oligosim {

inline constexpr double central_half_width = 0.46875, middle_until = 5;

/// P(x) for the coefficients of x^0, x^1, ...
template <Weight V, std::size_t count>
[[gnu::always_inline]] inline V polynomial(const double (&coefficient)[count], const V& x) {
  static_assert(count == 8 || count == 10);
  if constexpr (count == 8) {
    const auto& [a, b, c, d, e, f, g, h] = coefficient;
    return elementary::horner(x, a, b, c, d, e, f, g, h);
  } else {
    const auto& [a, b, c, d, e, f, g, h, i, j] = coefficient;
    return elementary::horner(x, a, b, c, d, e, f, g, h, i, j);
  }
}

/// The quantile of p within central_half_width of 1/2; q = p - 1/2. The quantile over q as a rational function of
/// degree 9 over 9, relative error 8e-17 (scripts/reference/normal_quantile.py), so that fewer numbers are in the tails
/// than with the central part of PPND16.
template <Weight V>
[[gnu::always_inline]] inline V central_quantile(const V& q) {
  constexpr double numerator[] = {3.9738279838328565, 411.68584054927135, 16839.265552369976, 348000.95125007856,
                                  3874476.549214227,  23062521.218606804, 69012430.11712703,  91051931.93153399,
                                  40221080.04594316,  2624059.9411775307};
  constexpr double denominator[] = {1.0,
                                    109.45991186572485,
                                    4784.203443902554,
                                    107256.42790493801,
                                    1322614.7379549926,
                                    8982183.014779855,
                                    32073009.749660503,
                                    54427950.92515345,
                                    36003555.20023904,
                                    5804848.178385435};
  const V r = central_half_width * central_half_width - q * q;
  return q * polynomial(numerator, r) / polynomial(denominator, r);
}

/// -log of the distance of p from 0 or 1, whichever is nearer; the quantile of p not central is made of its root r.
template <Weight V>
[[gnu::always_inline]] inline V minus_log_of_tail(const V& p) {
  return -elementary::log(p < 0.5 ? p : 1.0 - p);
}

/// Its absolute value for r up to middle_until. Coefficients of PPND16 (Wichura 1988, Applied Statistics 37:477).
template <Weight V>
[[gnu::always_inline]] inline V middle_quantile(const V& r) {
  constexpr double numerator[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                  3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                  2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double denominator[] = {1.0,
                                    2.05319162663775882187e0,
                                    1.67638483018380384940e0,
                                    6.89767334985100004550e-1,
                                    1.48103976427480074590e-1,
                                    1.51986665636164571966e-2,
                                    5.47593808499534494600e-4,
                                    1.05075007164441684324e-9};
  const V above = r - 1.6;
  return polynomial(numerator, above) / polynomial(denominator, above);
}

/// Probabilities further from 1/2, and where they are among some.
struct Tails {
  static constexpr std::size_t most = 256;
  std::array<double, most + lanes> p;  // with room to write a register
  std::array<std::uint64_t, most + lanes> place;
  std::size_t count = 0;
};

/// Replaces each of at most Tails::most probabilities by its quantile as if it were central; those that are not are
/// added to `tails` as they were. The same bits by both: of any processor, and of one of level v4.
void central_scores_v3(std::span<double> p, Tails& tails);
void central_scores_v4(std::span<double> p, Tails& tails);

/// Replaces each of probabilities that are not central by its quantile as if none were in the far tails; whether that
/// is so. The same bits by both.
bool middle_scores_v3(std::span<double> p);
bool middle_scores_v4(std::span<double> p);

}  // namespace oligosim

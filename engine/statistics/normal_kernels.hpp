#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/statistics/elementary.hpp"
#include "engine/statistics/lanes.hpp"

namespace oligosim {

inline constexpr double central_half_width = 0.425, middle_until = 5;

/// P(x) for the coefficients of x^0 to x^7.
template <Weight V>
[[gnu::always_inline]] inline V polynomial(const double (&coefficient)[8], const V& x) {
  return elementary::horner(x, coefficient[0], coefficient[1], coefficient[2], coefficient[3], coefficient[4],
                            coefficient[5], coefficient[6], coefficient[7]);
}

/// The quantile of p within central_half_width of 1/2; q = p - 1/2. Coefficients of PPND16 (Wichura 1988, Applied
/// Statistics 37:477).
template <Weight V>
[[gnu::always_inline]] inline V central_quantile(const V& q) {
  constexpr double numerator[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                  1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                  3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr double denominator[] = {1.0,
                                    4.2313330701600911252e+1,
                                    6.8718700749205790830e+2,
                                    5.3941960214247511077e+3,
                                    2.1213794301586595867e+4,
                                    3.9307895800092710610e+4,
                                    2.8729085735721942674e+4,
                                    5.2264952788528545610e+3};
  const V r = 0.180625 - q * q;
  return q * polynomial(numerator, r) / polynomial(denominator, r);
}

/// -log of the distance of p from 0 or 1, whichever is nearer; the quantile of p not central is made of its root r.
template <Weight V>
[[gnu::always_inline]] inline V minus_log_of_tail(const V& p) {
  return -elementary::log(p < 0.5 ? p : 1.0 - p);
}

/// Its absolute value for r up to middle_until.
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

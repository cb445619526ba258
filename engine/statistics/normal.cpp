#include "engine/statistics/normal.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numbers>

#include "engine/statistics/elementary.hpp"
#include "engine/statistics/lanes.hpp"
#include "engine/statistics/normal_scores.hpp"

namespace oligosim {

namespace {

// Coefficients of PPND16 (Wichura 1988, Applied Statistics 37:477), constant term first.
constexpr double central_numerator[] = {3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3,
                                        1.3731693765509461125e+4, 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                        3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr double central_denominator[] = {1.0,
                                          4.2313330701600911252e+1,
                                          6.8718700749205790830e+2,
                                          5.3941960214247511077e+3,
                                          2.1213794301586595867e+4,
                                          3.9307895800092710610e+4,
                                          2.8729085735721942674e+4,
                                          5.2264952788528545610e+3};
constexpr double middle_numerator[] = {1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
                                       3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
                                       2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr double middle_denominator[] = {1.0,
                                         2.05319162663775882187e0,
                                         1.67638483018380384940e0,
                                         6.89767334985100004550e-1,
                                         1.48103976427480074590e-1,
                                         1.51986665636164571966e-2,
                                         5.47593808499534494600e-4,
                                         1.05075007164441684324e-9};
constexpr double tail_numerator[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                     2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double tail_denominator[] = {1.0,
                                       5.99832206555887937690e-1,
                                       1.36929880922735805310e-1,
                                       1.48753612908506148525e-2,
                                       7.86869131145613259100e-4,
                                       1.84631831751005468180e-5,
                                       1.42151175831644588870e-7,
                                       2.04426310338993978564e-15};

template <Weight V>
V polynomial(const double (&coefficient)[8], const V& x) {
  V value = broadcast<V>(coefficient[7]);
  for (std::size_t i = 7; i-- > 0;) value = value * x + coefficient[i];
  return value;
}

constexpr double central_half_width = 0.425;

// For p within that of 1/2; q = p - 1/2.
template <Weight V>
V central_quantile(const V& q) {
  const V r = 0.180625 - q * q;
  return q * polynomial(central_numerator, r) / polynomial(central_denominator, r);
}

// For p further from 1/2, four at once; where one is in the far tail, one by one.
HalfLanes tail_quantile(const HalfLanes& p) {
  const HalfLanes tail = p < 0.5 ? p : 1.0 - p;
  const HalfLanes minus_log = -elementary::log(tail);
  const auto r = reinterpret_cast<HalfLanes>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(minus_log)));
  if (any_above(r, 5.0)) return each_lane(p, normal_quantile);
  const HalfLanes z = polynomial(middle_numerator, r - 1.6) / polynomial(middle_denominator, r - 1.6);
  return p < 0.5 ? -z : z;
}

}  // namespace

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  if (!(p >= 0.0 && p <= 1.0)) return std::numeric_limits<double>::quiet_NaN();
  const double q = p - 0.5;
  if (std::abs(q) <= central_half_width) return central_quantile(q);
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (tail == 0.0) return std::copysign(std::numeric_limits<double>::infinity(), q);
  const double r = std::sqrt(-elementary::log(tail));
  const double z = r <= 5.0 ? polynomial(middle_numerator, r - 1.6) / polynomial(middle_denominator, r - 1.6)
                            : polynomial(tail_numerator, r - 5.0) / polynomial(tail_denominator, r - 5.0);
  return std::copysign(z, q);
}

// Four at a time as if all were central. Those in the tails, which are few, are gathered as they were and follow, four
// at a time too.
void to_normal_scores(std::span<double> p) {
  constexpr std::size_t width = lane_count<HalfLanes>, at_once = 64;
  for (std::size_t from = 0; from < p.size(); from += at_once) {
    const std::span<double> some = p.subspan(from, std::min(at_once, p.size() - from));
    std::array<double, at_once + width> tail;
    std::array<std::uint32_t, at_once> place;
    std::size_t tails = 0;
    for (std::uint32_t i = 0; i < some.size(); ++i) {
      tail[tails] = some[i], place[tails] = i;
      tails += std::abs(some[i] - 0.5) > central_half_width;
    }
    elementary::replace_each<HalfLanes>(some, [](const auto& x) { return central_quantile(x - 0.5); });
    std::fill_n(tail.begin() + static_cast<std::ptrdiff_t>(tails), width, 0.01);
    for (std::size_t k = 0; k < tails; k += width) {
      HalfLanes four;
      std::memcpy(&four, &tail[k], sizeof four);
      four = tail_quantile(four);
      std::memcpy(&tail[k], &four, sizeof four);
    }
    for (std::size_t k = 0; k < tails; ++k) some[place[k]] = tail[k];
  }
}

double chi_square_upper_tail(double x, double df) {
  if (std::isnan(x) || !(df > 0.0)) return std::numeric_limits<double>::quiet_NaN();
  if (x <= 0.0) return 1.0;
  if (df == 1.0) return std::erfc(std::sqrt(0.5 * x));
  if (df == 2.0) return std::exp(-0.5 * x);
  return boost::math::gamma_q(0.5 * df, 0.5 * x);
}

}  // namespace oligosim

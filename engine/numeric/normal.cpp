#include "engine/numeric/normal.hpp"

#include <immintrin.h>

#include <algorithm>
#include <array>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <type_traits>

#include "engine/numeric/elementary.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/numeric/normal_kernels.hpp"
#include "engine/numeric/normal_scores.hpp"
#include "engine/processor/level.hpp"

namespace oligosim {

namespace {

// Coefficients of PPND16 (Wichura 1988, Applied Statistics 37:477), constant term first.
constexpr double far_numerator[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
                                    2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                    2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr double far_denominator[] = {1.0,
                                      5.99832206555887937690e-1,
                                      1.36929880922735805310e-1,
                                      1.48753612908506148525e-2,
                                      7.86869131145613259100e-4,
                                      1.84631831751005468180e-5,
                                      1.42151175831644588870e-7,
                                      2.04426310338993978564e-15};

}  // namespace

double normal_density(double z) { return std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi); }

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

double normal_quantile(double p) {
  if (!(p >= 0.0 && p <= 1.0)) return std::numeric_limits<double>::quiet_NaN();
  const double q = p - 0.5;
  if (std::abs(q) <= central_half_width) return central_quantile(q);
  const double tail = q < 0.0 ? p : 1.0 - p;
  if (tail == 0.0) return std::copysign(std::numeric_limits<double>::infinity(), q);
  const double r = std::sqrt(-elementary::log(tail));
  const double z =
      r <= 5.0 ? middle_quantile(r) : polynomial(far_numerator, r - 5.0) / polynomial(far_denominator, r - 5.0);
  return std::copysign(z, q);
}

void central_scores_v3(std::span<double> p, Tails& tails) {
  for (std::uint64_t i = 0; i < p.size(); ++i) {
    tails.p[tails.count] = p[i], tails.place[tails.count] = i;
    tails.count += std::abs(p[i] - 0.5) > central_half_width;
  }
  elementary::replace_each<HalfLanes>(p, [](const auto& x) { return central_quantile(x - 0.5); });
}

bool middle_scores_v3(std::span<double> p) {
  bool all_middle = true;
  elementary::replace_each<HalfLanes>(p, [&](const auto& tail) {
    using V = std::remove_cvref_t<decltype(tail)>;
    const V minus_log = minus_log_of_tail(tail);
    V r;
    if constexpr (std::is_same_v<V, double>) {
      r = std::sqrt(minus_log);
    } else {
      r = reinterpret_cast<V>(_mm256_sqrt_pd(reinterpret_cast<__m256d>(minus_log)));
    }
    all_middle = all_middle && !any_above(r, middle_until);
    return tail < 0.5 ? -middle_quantile(r) : middle_quantile(r);
  });
  return all_middle;
}

// As if all were central. Those in the tails, which are few, are gathered as they were and follow; the far tails, which
// hardly any are in, one by one.
void to_normal_scores(std::span<double> p) {
  static const bool wide = runs_v4();
  for (std::size_t from = 0; from < p.size(); from += Tails::most) {
    const std::span<double> some = p.subspan(from, std::min(Tails::most, p.size() - from));
    Tails tails;
    wide ? central_scores_v4(some, tails) : central_scores_v3(some, tails);
    std::array<double, Tails::most> score;
    const auto of_tails = std::span(score).first(tails.count);
    std::copy_n(tails.p.begin(), tails.count, of_tails.begin());
    if (!(wide ? middle_scores_v4(of_tails) : middle_scores_v3(of_tails)))
      std::transform(tails.p.begin(), tails.p.begin() + static_cast<std::ptrdiff_t>(tails.count), of_tails.begin(),
                     normal_quantile);
    for (std::size_t k = 0; k < tails.count; ++k) some[tails.place[k]] = of_tails[k];
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

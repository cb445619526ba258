#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

#include "engine/numeric/lanes.hpp"
#include "engine/numeric/multiply_add.hpp"

namespace oligosim {

template <Weight V>
using BitsOf =
    std::conditional_t<std::is_same_v<V, double>, std::uint64_t,
                       std::conditional_t<std::is_same_v<V, HalfLanes>, std::uint64_t __attribute__((vector_size(32))),
                                          std::uint64_t __attribute__((vector_size(64)))>>;

/// Logarithm and exponential with the same bits on every processor, in every width of registers and with every C
/// library: additions, multiplications, both rounded at once, a division and operations on bits, always in this order.
/// They are inlined and so compiled for the registers of their caller; std::bit_cast would be a function of its own
/// without optimization.
namespace elementary {

inline constexpr double ln2_high = 0x1.62e42fee00000p-1;  // 32 bits: its product with an exponent is exact
inline constexpr double ln2_low = 0x1.a39ef35793c76p-33;

/// The polynomial with these coefficients of x^0, x^1, ...
template <Weight V, class... More>
[[gnu::always_inline]] inline V horner(const V& x, double first, const More&... more) {
  if constexpr (sizeof...(more) == 0) {
    return V{} + first;
  } else {
    return multiply_add(x, horner(x, more...), V{} + first);
  }
}

/// A positive normal number as 2^k (1 + f), 1 + f from sqrt(1/2) to sqrt(2).
template <Weight V>
struct PowerOfTwo {
  [[gnu::always_inline]] inline explicit PowerOfTwo(const V& x) {
    constexpr std::uint64_t bits_of_one = std::uint64_t{1023} << 52, bits_of_root = 0x3FE6A09E667F3BCD;  // of 1/2
    const BitsOf<V> above_root = __builtin_bit_cast(BitsOf<V>, x) + (bits_of_one - bits_of_root);
    // The exponent as the last bits of a number from 2^52 on.
    k = __builtin_bit_cast(V, (above_root >> 52) | 0x4330000000000000u) - (0x1p52 + 1023.0);
    f = __builtin_bit_cast(V, (above_root & 0x000FFFFFFFFFFFFFu) + bits_of_root) - 1.0;
  }
  V k, f;
};

/// Its natural logarithm, within 1 ulp: log(1 + f) = 2 artanh(s), s = f / (2 + f); the series from s^3 on is a
/// polynomial in s^2 that meets it at Chebyshev nodes.
template <Weight V>
[[gnu::always_inline]] inline V log(const PowerOfTwo<V>& x) {
  const V &k = x.k, &f = x.f;
  const V s = f / (2.0 + f), z = s * s, w = z * z;
  const V odd = horner(w, 0x1.5555555555558p-1, 0x1.2492492df7663p-2, 0x1.7462b6e311a89p-3, 0x1.2b5bd9a316a24p-3);
  const V even = horner(w, 0x1.99999999952abp-2, 0x1.c71c62ddb431bp-3, 0x1.39fe16ad885a7p-3);
  const V half_square = 0.5 * f * f, series = half_square + multiply_add(z, odd, w * even);
  return multiply_add(k, V{} + ln2_high, f - (half_square - multiply_add(s, series, k * ln2_low)));
}

/// The natural logarithm of any number, within 1 ulp.
template <Weight V>
[[gnu::always_inline]] inline V log(const V& x) {
  constexpr double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  PowerOfTwo<V> normal(x < 0x1p-1022 ? x * 0x1p54 : x);
  normal.k = x < 0x1p-1022 ? normal.k - 54.0 : normal.k;
  const V value = log(normal);
  const V finite = x < infinity ? value : x;
  const V not_positive = x == 0.0 ? V{} - infinity : V{} + nan;
  return x > 0.0 ? finite : not_positive;
}

/// A standard exponential number, -log(u), from a uniform one: 0 or normal, at most 1.
template <Weight V>
[[gnu::always_inline]] inline V exponential(const V& u) {
  return u > 0.0 ? -log(PowerOfTwo<V>(u)) : V{} + std::numeric_limits<double>::infinity();
}

/// The exponential, within 1 ulp. x = k log(2) + r, and (exp(r) - 1 - r) / r^2 is a polynomial that meets it at
/// Chebyshev nodes.
template <Weight V>
[[gnu::always_inline]] inline V exp(const V& x) {
  constexpr double lowest = -746.0, highest = 710.0;  // from there on 0 and infinity
  const V not_below = x > lowest ? x : V{} + lowest;
  const V inside = not_below < highest ? not_below : V{} + highest;
  // With 1.5 * 2^52 added a number is rounded to a whole one, its last bits.
  const V shifted = multiply_add(inside, V{} + 0x1.71547652b82fep+0, V{} + 0x1.8p52);
  const V k = shifted - 0x1.8p52;
  const V high = multiply_add(k, V{} - ln2_high, inside), low = k * ln2_low;
  const V r = high - low, z = r * r;
  const V even = horner(z, 0.5, 0.04166666666666667, 0.0013888888888883711, 2.480158732567746e-05,
                        2.755727347871858e-07, 2.09147553258932e-09);
  const V odd = horner(z, 0.1666666666666667, 0.008333333333326084, 0.0001984126987500228, 2.755725517000089e-06,
                       2.5105312729622103e-08);
  const V value = 1.0 + (high - multiply_add(-z, multiply_add(r, odd, even), low));
  // 2^k as two factors: either end of the range is out of reach for one. Whole numbers as bits, two's complement.
  const BitsOf<V> whole = __builtin_bit_cast(BitsOf<V>, shifted) - __builtin_bit_cast(std::uint64_t, 0x1.8p52);
  const BitsOf<V> half = ((whole + 2048) >> 1) - 1024;
  const V scaled =
      value * __builtin_bit_cast(V, (half + 1023) << 52) * __builtin_bit_cast(V, (whole - half + 1023) << 52);
  return x == x ? scaled : x;
}

/// Calls f(lanes) for `Width` of the values after each other and writes what it returns; those left over, one by one.
template <Weight Width, class F>
[[gnu::always_inline]] inline void replace_each(std::span<double> values, const F& f) {
  std::size_t i = 0;
  for (; i + lane_count<Width> <= values.size(); i += lane_count<Width>) {
    Width some;
    __builtin_memcpy(&some, &values[i], sizeof some);
    some = f(some);
    __builtin_memcpy(&values[i], &some, sizeof some);
  }
  for (; i < values.size(); ++i) values[i] = f(values[i]);
}

}  // namespace elementary

/// Each uniform number replaced by its elementary::exponential().
void to_exponentials(std::span<double> uniforms);
/// The same bits by both: of any processor, and of one of level v4.
void to_exponentials_v3(std::span<double> uniforms);
void to_exponentials_v4(std::span<double> uniforms);

}  // namespace oligosim

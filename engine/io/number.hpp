#pragma once

#include <optional>
#include <string>

namespace oligosim {

/// Shortest text that reads back as the same double; NaN is NA, infinities Inf and -Inf.
std::string shortest(double value);

/// Reads back as the same double, too; whole numbers below 1e15 without exponent ("1000000", not "1e+06").
std::string unrounded(double value);

/// For people: `digits` significant digits without trailing zeros, no exponent where it can be helped (from 1e-6 to
/// 1e15); NaN is "NA".
std::string rounded(double value, int digits);

/// A share for people: "12.3 %", three digits.
std::string percent(double share);

/// What a user's text turns into, or why it cannot: "'abc' is not a number".
template <class T>
struct Reading {
  std::optional<T> value;
  std::string why;
};

/// A number as a user writes it: decimal, finite, filling the whole text.
Reading<double> read_number(const std::string& text);

}  // namespace oligosim

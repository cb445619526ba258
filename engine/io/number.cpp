#include "engine/io/number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "engine/io/words.hpp"

namespace oligosim {

namespace {

const char* not_finite(double value) { return std::isnan(value) ? "NA" : value > 0 ? "Inf" : "-Inf"; }

template <class... Format>
std::string characters(double value, Format... format) {
  char buffer[400];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format...).ptr};
}

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string without(const std::string& text, char removed) {
  std::string result = text;
  std::erase(result, removed);
  return result;
}

/// Why a text is not taken for a number although it nearly is one; empty if there is nothing to say.
std::string slip(const std::string& text) {
  const std::size_t start = text.find_first_not_of("+-");
  if (start == std::string::npos) return "";
  const std::string digits = text.substr(start);
  const std::string sign = text[0] == '-' ? "-" : "";
  if (digits.size() > 1 && digits[0] == '0' && all_digits(digits)) {
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return " looks octal: write " + cut(sign + digits.substr(first));
  }
  if (digits[0] == '0' && digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X')) return " is hexadecimal";
  if (digits[0] == '0' && digits.size() > 2 && (digits[1] == 'o' || digits[1] == 'O')) return " is octal";
  const bool numeric = digits.find_first_not_of("0123456789.,_eE+-") == std::string::npos;
  if (numeric && digits.find('_') != std::string::npos) return " has underscores: write " + cut(without(text, '_'));
  if (numeric && digits.find(',') != std::string::npos) return " has a comma: write a decimal point";
  if (numeric && text[0] == '+' && start == 1) return " has a plus sign: write " + cut(digits);
  return "";
}

bool names_no_number(const std::string& text) {
  const std::string word = lower_case(text.substr(std::min(text.find_first_not_of("+-."), text.size())));
  return word == "nan" || word == "inf" || word == "infinity";
}

}  // namespace

std::string shortest(double value) {
  if (!std::isfinite(value)) return not_finite(value);
  return characters(value);
}

std::string unrounded(double value) {
  if (!std::isfinite(value)) return not_finite(value);
  const bool whole = std::trunc(value) == value && std::fabs(value) < 1e15;
  return whole ? characters(value, std::chars_format::fixed) : characters(value);
}

std::string rounded(double value, int digits) {
  if (!std::isfinite(value)) return not_finite(value);
  if (value == 0) return "0";
  // d.ddde[+-]x, correctly rounded; the digits are then set out without exponent.
  const std::string scientific = characters(std::fabs(value), std::chars_format::scientific, std::max(digits, 1) - 1);
  const std::size_t e = scientific.find('e');
  const int exponent = std::stoi(scientific.substr(e + 1));
  std::string significant = without(scientific.substr(0, e), '.');
  significant.erase(significant.find_last_not_of('0') + 1);
  const int length = static_cast<int>(significant.size());
  std::string result;
  if (exponent < -6 || exponent >= 15)
    result = significant.insert(1, length > 1 ? "." : "") + scientific.substr(e);
  else if (exponent < 0)
    result = "0." + std::string(-exponent - 1, '0') + significant;
  else if (length <= exponent + 1)
    result = significant + std::string(exponent + 1 - length, '0');
  else
    result = significant.insert(exponent + 1, ".");
  return value < 0 ? "-" + result : result;
}

std::string percent(double share) { return std::isnan(share) ? "NA" : rounded(100 * share, 3) + " %"; }

Reading<double> read_number(const std::string& text) {
  const auto refused = [&](const std::string& why) { return Reading<double>{{}, quoted(text) + why}; };
  if (names_no_number(text)) return refused(" is not a finite number");
  if (const std::string why = slip(text); !why.empty()) return refused(why);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [ptr, error] = std::from_chars(text.data(), end, value);
  if (ptr != end || error == std::errc::invalid_argument) return refused(" is not a number");
  if (error == std::errc::result_out_of_range) return refused(" is beyond the range of double precision");
  return {value + 0.0, ""};  // -0 becomes 0
}

}  // namespace oligosim

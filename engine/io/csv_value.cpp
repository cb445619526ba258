#include "engine/io/csv_value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/io/number.hpp"

namespace oligosim {

bool is_missing(std::string_view field) { return field.empty() || field == "NA" || field == "."; }

std::optional<double> csv_number(std::string_view field) {
  if (field == "Inf") return std::numeric_limits<double>::infinity();
  if (field == "-Inf") return -std::numeric_limits<double>::infinity();
  const std::string_view digits = field.substr(field.starts_with('-') ? 1 : 0);
  if (digits.size() > 1 && digits[0] == '0' && digits.find_first_not_of("0123456789") == std::string_view::npos)
    return {};
  double value = 0;
  const char* const end = field.data() + field.size();
  const auto [last, error] = std::from_chars(field.data(), end, value);
  if (last != end || error != std::errc{} || !std::isfinite(value)) return {};
  return value + 0.0;  // -0 becomes 0
}

std::string why_no_number(std::string_view field) { return read_number(std::string(field)).why; }

bool has_decimal_comma(std::string_view field) {
  if (std::count(field.begin(), field.end(), ',') != 1) return false;
  std::string with_point(field);
  std::replace(with_point.begin(), with_point.end(), ',', '.');
  return csv_number(with_point).has_value();
}

}  // namespace oligosim

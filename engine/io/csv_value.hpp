#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace oligosim {

/// Whether a field stands for a missing value: empty, NA (as R writes it) or a dot (as SAS does).
bool is_missing(std::string_view field);

/// What read_number accepts, and Inf and -Inf, which CsvWriter writes. Leading zeros (007) make a text, not a number.
std::optional<double> csv_number(std::string_view field);

/// "'x' is not a number", "'1,5' has a comma: write a decimal point" ...
std::string why_no_number(std::string_view field);

/// A number but for its decimal comma.
bool has_decimal_comma(std::string_view field);

}  // namespace oligosim

#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/io/json.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"

namespace oligosim {

/// JSON that may stand inside a script element: ASCII, and none of < > & in it; broken UTF-8 becomes U+FFFD.
std::string script_json(const Json& json);

/// The element of one figure: `kind` names its module in charts/, `data` is what that draws, `tables` are the numbers
/// behind it. They stand open for readers without JavaScript; the script folds them away.
std::string figure_frame(const char* kind, const FigureText& text, const Json& data, std::span<const HtmlTable> tables);

Json json_numbers(std::span<const double> values);

// Numbers for the tables: "0.6312", "63.1 %".
std::string figure_number(double value);
std::string figure_percent(double share);

/// Throws std::invalid_argument where a column has another length than `size`; an optional one may be empty.
void check_length(const char* what, std::size_t length, std::size_t size);
void check_optional_length(const char* what, std::size_t length, std::size_t size);

}  // namespace oligosim

#include "engine/report/figure_frame.hpp"

#include <stdexcept>

namespace oligosim {

std::string script_json(const Json& json) {
  const std::string plain = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string safe;
  for (const char c : plain) {
    if (c == '<')
      safe += "\\u003c";
    else if (c == '>')
      safe += "\\u003e";
    else if (c == '&')
      safe += "\\u0026";
    else
      safe += c;
  }
  return safe;
}

std::string figure_frame(const char* kind, const FigureText& text, const Json& data,
                         std::span<const HtmlTable> tables) {
  const std::string summary = text.summary.empty() ? text.title : text.title + ". " + text.summary;
  std::string html = std::string("<figure data-kind=\"") + kind + "\" aria-label=\"" + html_escaped(text.title) +
                     "\" data-summary=\"" + html_escaped(summary) + "\">\n<figcaption><b>" + html_escaped(text.title) +
                     "</b> " + html_escaped(text.caption) + "</figcaption>\n<div class=\"plot\"></div>\n" +
                     "<script type=\"application/json\">" + script_json(data) + "</script>\n" +
                     "<details open><summary>Numbers of this figure</summary>\n";
  for (const HtmlTable& table : tables) html += to_html(table);
  return html + "</details>\n</figure>\n";
}

Json json_numbers(std::span<const double> values) {
  Json all = Json::array();
  for (const double x : values) all.push_back(json_number(x));
  return all;
}

std::string figure_number(double value) { return rounded(value, 4); }

std::string figure_percent(double share) { return std::isnan(share) ? "NA" : rounded(100 * share, 4) + " %"; }

void check_length(const char* what, std::size_t length, std::size_t size) {
  if (length != size)
    throw std::invalid_argument(std::string("figure: ") + what + " has " + std::to_string(length) + " values, not " +
                                std::to_string(size));
}

void check_optional_length(const char* what, std::size_t length, std::size_t size) {
  if (length != 0) check_length(what, length, size);
}

}  // namespace oligosim

#include "engine/report/html.hpp"

#include "engine/report/charts.hpp"
#include "engine/report/style.hpp"

namespace oligosim {
namespace {

/// Nothing but the page's own style and the one script that is named by its hash; images are those that the script
/// makes itself to save a figure.
std::string content_security_policy() {
  std::string policy = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'";
  if (!charts_script().empty())
    policy += "; img-src blob:; script-src 'sha256-" + std::string(charts_script_sha256()) + "'";
  return policy;
}

std::string script_element() {
  if (charts_script().empty()) return "";
  return "<script>" + std::string(charts_script()) + "</script>\n";
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string preformatted(const std::string& name, std::string_view text) {
  return "<pre role=\"region\" tabindex=\"0\" aria-label=\"" + html_escaped(name) + "\">" + html_escaped(text) +
         "</pre>\n";
}

std::string to_html(const HtmlTable& table) {
  const auto cell = [&](const char* tag, std::size_t column, const std::string& text) {
    const char* scope = tag == std::string_view("th") ? " scope=\"col\"" : "";
    return std::string("<") + tag + scope + (column < table.text_columns ? " class=\"w\">" : ">") + html_escaped(text) +
           "</" + tag + ">";
  };
  std::string html = "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"" +
                     html_escaped(table.caption.empty() ? "table" : table.caption) + "\"><table>";
  if (!table.caption.empty()) html += "<caption><span>" + html_escaped(table.caption) + "</span></caption>";
  html += "<thead><tr>";
  for (std::size_t c = 0; c < table.header.size(); ++c) html += cell("th", c, table.header[c]);
  html += "</tr></thead><tbody>\n";
  for (const auto& row : table.rows) {
    html += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c) html += cell("td", c, row[c]);
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string html_page(const std::string& title, const std::string& body) {
  return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
         content_security_policy() +
         "\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         html_escaped(title) + "</title>\n<style>" + std::string(page_style()) + "</style></head>\n<body>\n<main>\n" +
         body + "</main>\n" + script_element() + "</body></html>\n";
}

}  // namespace oligosim

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oligosim {

/// Text safe inside an element or a quoted attribute.
std::string html_escaped(std::string_view text);

/// A table of texts.
struct HtmlTable {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::size_t text_columns = 1;  // the first columns are words, the others numbers
};
std::string to_html(const HtmlTable& table);

/// A whole page: one file, no script, no network; its policy allows nothing but its own style.
std::string html_page(const std::string& title, const std::string& body);

}  // namespace oligosim

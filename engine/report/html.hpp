#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oligosim {

/// Text safe inside an element or a quoted attribute.
std::string html_escaped(std::string_view text);

/// Lines as they stand, in a box that the keyboard can scroll; `name`: what they are, for screen readers.
std::string preformatted(const std::string& name, std::string_view text);

/// A table of texts. With charts it is sorted by a click on a header and saved as CSV by a button.
struct HtmlTable {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::size_t text_columns = 1;  // the first columns are words, the others numbers
};
std::string to_html(const HtmlTable& table);

/// A whole page: one file, no network. Its policy allows nothing but its own style and, in a build with charts, the one
/// script that draws figures (figure.hpp), sorts tables and saves both.
std::string html_page(const std::string& title, const std::string& body);

}  // namespace oligosim

#include "engine/io/csv.hpp"

#include <algorithm>
#include <string_view>

#include "engine/io/number.hpp"

namespace oligosim {

namespace {

bool needs_quotes(std::string_view text) {
  if (text.find_first_of(",\"\n\r") != std::string_view::npos) return true;
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  return !text.empty() && (blank(text.front()) || blank(text.back()));
}

/// Whether a spreadsheet would take a text for a formula and run it.
bool is_formula(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return false;
  text.remove_prefix(first);
  constexpr std::string_view starts[] = {"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
  if (std::ranges::none_of(starts, [text](std::string_view start) { return text.starts_with(start); })) return false;
  return text.size() > 1 && text != "-Inf" && !read_number(std::string(text)).value;
}

}  // namespace

CsvWriter::CsvWriter(std::span<const std::string_view> header) {
  for (const std::string_view name : header) field(name);
  end_row();
}

CsvWriter& CsvWriter::field(std::string_view text) {
  return is_formula(text) ? put("'" + std::string(text)) : put(text);
}

CsvWriter& CsvWriter::put(std::string_view text) {
  separate();
  if (!needs_quotes(text)) {
    text_ += text;
    return *this;
  }
  text_ += '"';
  for (const char c : text) {
    if (c == '"') text_ += '"';
    text_ += c;
  }
  text_ += '"';
  return *this;
}

CsvWriter& CsvWriter::field(double value) { return put(shortest(value)); }

CsvWriter& CsvWriter::field(long long value) { return put(std::to_string(value)); }

void CsvWriter::end_row() {
  // A row of one empty field would read as a blank line, which readers skip.
  if (row_started_ && (text_.empty() || text_.back() == '\n')) text_ += "\"\"";
  text_ += '\n';
  row_started_ = false;
}

void CsvWriter::separate() {
  if (row_started_) text_ += ',';
  row_started_ = true;
}

}  // namespace oligosim

#include "engine/io/csv.hpp"

#include "engine/io/number.hpp"

namespace oligosim {

namespace {

bool needs_quotes(std::string_view text) {
  if (text.find_first_of(",\"\n\r") != std::string_view::npos) return true;
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  return !text.empty() && (blank(text.front()) || blank(text.back()));
}

}  // namespace

CsvWriter::CsvWriter(std::span<const std::string_view> header) {
  for (const std::string_view name : header) field(name);
  end_row();
}

CsvWriter& CsvWriter::field(std::string_view text) {
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

CsvWriter& CsvWriter::field(double value) { return field(std::string_view(shortest(value))); }

CsvWriter& CsvWriter::field(long long value) { return field(std::string_view(std::to_string(value))); }

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

#include "engine/io/csv_scanner.hpp"

#include <algorithm>

namespace oligosim {

int count_lines(std::string_view text) {
  if (text.find_first_of("\r\n") == std::string_view::npos) return 0;
  int lines = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    lines += text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'));
  return lines;
}

CsvField CsvScanner::next() {
  CsvField field;
  skip_blanks();
  if (at_ < text_.size() && text_[at_] == '"')
    quoted_content(field);
  else
    plain_content(field);
  field.ended_by = pass_end();
  return field;
}

void CsvScanner::skip_blanks() {
  while (at_ < text_.size() && blank(text_[at_])) ++at_;
}

void CsvScanner::quoted_content(CsvField& field) {
  const std::size_t opening = at_;
  field.quoted = true;
  field.begin = ++at_;
  for (;;) {
    at_ = std::min(text_.find('"', at_), text_.size());
    if (at_ == text_.size()) {
      field.end = at_;
      field.mistake = "the quote that opens here is never closed";
      field.mistake_at = opening;
      return;
    }
    if (at_ + 1 == text_.size() || text_[at_ + 1] != '"') break;
    field.doubled = true;
    at_ += 2;
  }
  field.end = at_++;
  line_ += count_lines(text_.substr(field.begin, field.end - field.begin));
  skip_blanks();
  if (at_ == text_.size() || stops(text_[at_])) return;
  field.mistake = "text after the closing quote (a quote inside a field is doubled)";
  field.mistake_at = at_;
  while (at_ < text_.size() && !stops(text_[at_])) ++at_;
}

void CsvScanner::plain_content(CsvField& field) {
  field.begin = at_;
  for (; at_ < text_.size() && !stops(text_[at_]); ++at_) {
    if (text_[at_] != '"' || field.mistake) continue;
    field.mistake = "a quote inside a field without quotes (put the field in quotes and double the quote)";
    field.mistake_at = at_;
  }
  field.end = at_;
  while (field.end > field.begin && blank(text_[field.end - 1])) --field.end;
}

CsvField::End CsvScanner::pass_end() {
  if (at_ == text_.size()) return CsvField::End::file;
  const char c = text_[at_++];
  if (c == separator_) return CsvField::End::separator;
  if (c == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
  return CsvField::End::line;
}

}  // namespace oligosim

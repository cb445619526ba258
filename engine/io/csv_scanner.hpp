#pragma once

#include <cstddef>
#include <string_view>

namespace oligosim {

/// A field as it stands in the text; blanks around it do not belong to it.
struct CsvField {
  enum class End { separator, line, file };

  std::size_t begin = 0, end = 0;  // of the content, inside the quotes if there are any
  bool quoted = false;
  bool doubled = false;  // the content has doubled quotes
  End ended_by = End::file;
  const char* mistake = nullptr;
  std::size_t mistake_at = 0;
};

/// Splits separated text into fields (RFC 4180, with any separator and any kind of line break).
class CsvScanner {
 public:
  CsvScanner(std::string_view text, char separator, std::size_t at = 0, int line = 1)
      : text_(text), separator_(separator), at_(at), line_(line) {}

  CsvField next();
  bool done() const { return at_ >= text_.size(); }
  std::size_t at() const { return at_; }  // where the next field starts, its leading blanks included
  int line() const { return line_; }      // of at()

 private:
  bool blank(char c) const { return c == ' ' || (c == '\t' && separator_ != '\t'); }
  bool stops(char c) const { return c == separator_ || c == '\n' || c == '\r'; }
  void skip_blanks();
  void quoted_content(CsvField& field);
  void plain_content(CsvField& field);
  CsvField::End pass_end();

  std::string_view text_;
  char separator_;
  std::size_t at_;
  int line_;
};

/// Line breaks in a text: LF, CR, or CR LF.
int count_lines(std::string_view text);

}  // namespace oligosim

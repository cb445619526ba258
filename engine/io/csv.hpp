#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace oligosim {

/// Comma-separated text: UTF-8, LF, shortest round-trip numbers, NA for missing. A field with a comma, quote, line
/// break or surrounding blank is quoted; a text that a spreadsheet would run as a formula gets an apostrophe in front.
class CsvWriter {
 public:
  CsvWriter() = default;  // without a header: further rows of a file
  explicit CsvWriter(std::initializer_list<std::string_view> header)
      : CsvWriter(std::span(header.begin(), header.size())) {}
  explicit CsvWriter(std::span<const std::string_view> header);
  CsvWriter& field(std::string_view text);
  CsvWriter& field(double value);
  CsvWriter& field(long long value);
  void end_row();
  const std::string& text() const { return text_; }

 private:
  CsvWriter& put(std::string_view text);
  void separate();
  std::string text_;
  bool row_started_ = false;
};

}  // namespace oligosim

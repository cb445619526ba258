#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/mistake_list.hpp"

namespace oligosim {

/// A file of separated values: a line of column names, then one line a row. Fields are views into the text; the views
/// live as long as the table stays where it is.
class CsvTable {
 public:
  const std::vector<std::string>& header() const { return header_; }
  std::optional<std::size_t> find(const std::string& name) const;  // position in the header
  std::size_t columns() const { return header_.size(); }
  std::size_t rows() const { return rows_.size(); }
  char separator() const { return separator_; }

  /// A field without its quotes and the blanks around it.
  std::string_view field(std::size_t row, std::size_t column) const {
    const Field& f = fields_[row * header_.size() + column];
    return f.offset < text_.size() ? std::string_view(text_).substr(f.offset, f.length)
                                   : std::string_view(unquoted_).substr(f.offset - text_.size(), f.length);
  }

  int line(std::size_t row) const { return rows_[row].line; }
  /// Where a field stands; line and column in characters.
  Place place(std::size_t row, std::size_t column) const { return place_in(rows_[row], column); }
  Place header_place(std::size_t column) const { return place_in(header_row_, column); }
  Place start() const { return {name_, 1, 1}; }

 private:
  friend class CsvParser;
  struct Field {
    std::uint32_t offset, length;  // offsets beyond the text count on in unquoted_
  };
  struct Row {
    std::uint32_t offset;
    int line;
  };
  Place place_in(Row row, std::size_t column) const;
  Place place_at(std::size_t offset, int line) const;

  std::string text_;
  std::string unquoted_;  // the fields that had doubled quotes
  std::shared_ptr<const std::string> name_ = std::make_shared<const std::string>();
  char separator_ = ',';
  std::vector<std::string> header_;
  Row header_row_{0, 1};
  std::vector<Row> rows_;
  std::vector<Field> fields_;  // row by row
};

/// Reads a regular file of at most 1 GiB and 10^8 fields. The separator is the comma, semicolon or tab that the line of
/// names has. A byte order mark is skipped, and lines without any content; CR LF, LF and CR end a line; a field in
/// quotes may hold separators, line breaks and doubled quotes. Refused, each with its place (the first twenty, then a
/// count): what is not UTF-8, control characters, names that are empty or stand twice, rows with more or fewer fields
/// than names, quotes that do not match. With problems the table is not to be used.
CsvTable load_csv(const std::filesystem::path& file, Problems& problems);

/// The same from text; `name` stands for the file in messages.
CsvTable parse_csv(std::string text, const std::string& name, Problems& problems);

}  // namespace oligosim

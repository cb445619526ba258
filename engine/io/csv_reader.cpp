#include "engine/io/csv_reader.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <unordered_map>

#include "engine/io/csv_scanner.hpp"
#include "engine/io/csv_value.hpp"
#include "engine/io/file.hpp"
#include "engine/io/utf8.hpp"
#include "engine/io/words.hpp"

namespace oligosim {

namespace {

constexpr std::uint64_t largest_file = std::uint64_t{1} << 30;
constexpr std::size_t most_fields = 100'000'000;
constexpr std::size_t most_columns = 10'000;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Bytes that need a closer look: control characters other than tab and line breaks, and all of UTF-8 beyond ASCII.
constexpr std::array<bool, 256> suspicious = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 256; ++c) table[c] = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c >= 0x7F;
  return table;
}();

bool is_suspicious(char c) { return suspicious[static_cast<unsigned char>(c)]; }

/// What is wrong with the character at `at`; empty if nothing.
std::string wrong_character(std::string_view text, std::size_t at, CodePoint character) {
  const char32_t c = character.value;
  if (character.bytes == 0) return "not UTF-8 (byte " + escaped(text.substr(at, 1)) + "; save the file as UTF-8)";
  if (c == 0) return "a NUL character (a text file is wanted)";
  if (c == 0xFEFF) return "a byte order mark inside the text";
  if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0))
    return "a control character (" + escaped(text.substr(at, character.bytes)) + ")";
  return "";
}

/// A file that is no text of separated values, in words; empty if it may be one.
std::string no_text(std::string_view text) {
  if (text.size() > largest_file) return "the file is larger than 1 GiB";
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return "UTF-16 text (save the file as UTF-8)";
  if (text.starts_with("PK\x03\x04")) return "a spreadsheet or archive, not text (save it as CSV)";
  return "";
}

/// Tab if the line has one, else the more frequent of comma and semicolon, NUL if they are equally frequent.
char separator_of(std::string_view text) {
  const auto count = [&](char separator) {
    CsvScanner scanner(text, separator);
    std::size_t fields = 1;
    while (scanner.next().ended_by == CsvField::End::separator) ++fields;
    return fields;
  };
  const std::size_t tabs = count('\t'), commas = count(','), semicolons = count(';');
  if (tabs > 1) return '\t';
  if (commas == 1 && semicolons == 1) return ',';
  return commas > semicolons ? ',' : semicolons > commas ? ';' : '\0';
}

std::string fields_in_words(std::size_t count) { return std::to_string(count) + (count == 1 ? " field" : " fields"); }

}  // namespace

std::optional<std::size_t> CsvTable::find(const std::string& name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) return {};
  return static_cast<std::size_t>(found - header_.begin());
}

Place CsvTable::place_at(std::size_t offset, int line) const {
  const std::size_t before = offset == 0 ? std::string::npos : text_.find_last_of("\r\n", offset - 1);
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  const auto begin = text_.begin() + static_cast<std::ptrdiff_t>(start);
  const auto end = text_.begin() + static_cast<std::ptrdiff_t>(offset);
  return {name_, line, 1 + static_cast<int>(std::count_if(begin, end, [](char c) { return (c & 0xC0) != 0x80; }))};
}

Place CsvTable::place_in(Row row, std::size_t column) const {
  CsvScanner scanner(text_, separator_, row.offset, row.line);
  while (column-- > 0) scanner.next();
  const int line = scanner.line();
  const CsvField field = scanner.next();
  return place_at(field.begin - (field.quoted ? 1 : 0), line);
}

/// Fills a table from its text.
class CsvParser {
 public:
  CsvParser(std::string text, const std::string& name, Problems& problems) : mistakes_(problems) {
    if (text.starts_with(byte_order_mark)) text.erase(0, byte_order_mark.size());
    table_.text_ = std::move(text);
    table_.name_ = std::make_shared<const std::string>(name);
  }

  CsvTable parse() {
    if (const std::string why = no_text(table_.text_); !why.empty())
      mistakes_.add(table_.start(), "", why);
    else if (read_header())
      read_rows();
    mistakes_.finish();
    return std::move(table_);
  }

 private:
  std::string_view text() const { return table_.text_; }

  bool read_header() {
    while (header_at_ < text().size() && std::string_view(" \r\n").find(text()[header_at_]) != std::string_view::npos)
      ++header_at_;
    if (header_at_ == text().size()) {
      mistakes_.add(table_.start(), "", "the file is empty (a line of column names, then one line a row)");
      return false;
    }
    header_line_ = 1 + count_lines(text().substr(0, header_at_));
    table_.separator_ = separator_of(text().substr(header_at_));
    if (table_.separator_ == '\0') {
      mistakes_.add({table_.name_, header_line_, 1}, "",
                    "the line of names has as many commas as semicolons (one of them separates; quote the names)");
      return false;
    }
    unusual_ = std::any_of(text().begin(), text().end(), is_suspicious);
    return read_names();
  }

  bool read_names() {
    scanner_ = CsvScanner(text(), table_.separator_, header_at_, header_line_);
    table_.header_row_ = {static_cast<std::uint32_t>(header_at_), header_line_};
    CsvField field;
    std::vector<std::string> names;
    do {
      const int line = scanner_.line();
      const std::size_t start = scanner_.at();
      field = scanner_.next();
      check(field, start, line, "");
      names.emplace_back(content(field));
    } while (field.ended_by == CsvField::End::separator && names.size() < most_columns);
    table_.header_ = std::move(names);
    if (field.ended_by == CsvField::End::separator)
      mistakes_.add({table_.name_, header_line_, 1}, "", "more than 10000 columns");
    else
      check_names();
    return mistakes_.empty();
  }

  void check_names() {
    // Row names as R's write.csv and pandas write them: without a name of their own.
    std::vector<std::string>& names = table_.header_;
    constexpr const char* own = "row_names";
    if (names.size() > 1 && names.front().empty() && std::ranges::find(names, own) == names.end()) names.front() = own;
    if (std::all_of(names.begin(), names.end(), [](const std::string& n) { return csv_number(n).has_value(); })) {
      mistakes_.add(table_.header_place(0), "", "the first line has numbers (a line of column names is wanted)");
      return;
    }
    std::unordered_map<std::string, std::size_t> first;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i].empty()) {
        mistakes_.add(table_.header_place(i), "", "column " + std::to_string(i + 1) + " has no name");
        continue;
      }
      const auto [found, is_new] = first.emplace(names[i], i);
      if (!is_new)
        mistakes_.add(table_.header_place(i), names[i],
                      "names column " + std::to_string(found->second + 1) + " too (names are unique)");
    }
  }

  /// Room for all fields, and not much more.
  void reserve() {
    const std::string_view rest = text().substr(scanner_.at());
    const auto count = [&](char c) { return static_cast<std::size_t>(std::count(rest.begin(), rest.end(), c)); };
    const std::size_t lines = 1 + std::max(count('\n'), count('\r'));
    table_.rows_.reserve(std::min(lines, most_fields / table_.columns()));
    table_.fields_.reserve(std::min(lines + count(table_.separator_), most_fields));
  }

  void read_rows() {
    reserve();
    const std::size_t columns = table_.columns();
    while (!scanner_.done()) {
      const CsvTable::Row row{static_cast<std::uint32_t>(scanner_.at()), scanner_.line()};
      const std::size_t first_field = table_.fields_.size();
      if (first_field + columns > most_fields) {
        mistakes_.add({table_.name_, row.line, 1}, "", "more than 100 million fields");
        return;
      }
      const std::size_t mistakes_before = mistakes_.size();
      bool blank = true;
      const std::size_t count = read_fields(blank);
      if (blank || count != columns) table_.fields_.resize(first_field);
      if (blank) continue;
      if (count == columns)
        table_.rows_.push_back(row);
      else if (mistakes_.size() == mistakes_before)  // else quotes may be what is wrong
        mistakes_.add({table_.name_, row.line, 1}, "",
                      fields_in_words(count) + " (" + std::to_string(columns) + ", as the line of names)");
    }
    if (table_.rows_.empty() && mistakes_.empty())
      mistakes_.add({table_.name_, scanner_.line(), 1}, "", "no row after the line of names");
  }

  /// The fields of one row; those beyond the last column are only counted.
  std::size_t read_fields(bool& blank) {
    const std::size_t columns = table_.columns();
    std::size_t count = 0;
    CsvField field;
    do {
      const int line = scanner_.line();
      const std::size_t start = scanner_.at();
      field = scanner_.next();
      blank = blank && field.begin == field.end && !field.quoted;
      if (field.mistake || unusual_) check(field, start, line, count < columns ? table_.header_[count] : "");
      if (count++ < columns) keep(field);
    } while (field.ended_by == CsvField::End::separator);
    return count;
  }

  void keep(const CsvField& field) {
    CsvTable::Field kept{static_cast<std::uint32_t>(field.begin), static_cast<std::uint32_t>(field.end - field.begin)};
    if (field.doubled) {
      const std::string inside = content(field);
      kept = {static_cast<std::uint32_t>(text().size() + table_.unquoted_.size()),
              static_cast<std::uint32_t>(inside.size())};
      table_.unquoted_ += inside;
    }
    table_.fields_.push_back(kept);
  }

  std::string content(const CsvField& field) const {
    std::string inside(text().substr(field.begin, field.end - field.begin));
    if (!field.doubled) return inside;
    std::string result;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      result += inside[i];
      if (inside[i] == '"') ++i;
    }
    return result;
  }

  /// Notes a mistake of quoting and the first character that no text should have.
  void check(const CsvField& field, std::size_t start, int line, const std::string& column) {
    const auto add = [&](std::size_t at, const std::string& message) {
      if (mistakes_.enough()) return mistakes_.add_unlisted();
      mistakes_.add(table_.place_at(at, line + count_lines(text().substr(start, at - start))), column, message);
    };
    if (field.mistake) add(field.mistake_at, field.mistake);
    if (!unusual_) return;
    for (std::size_t at = start; at < scanner_.at();) {
      if (!is_suspicious(text()[at])) {
        ++at;
        continue;
      }
      const CodePoint character = decode_utf8(text(), at);
      if (const std::string why = wrong_character(text(), at, character); !why.empty()) return add(at, why);
      at += static_cast<std::size_t>(character.bytes);
    }
  }

  CsvTable table_;
  MistakeList mistakes_;
  CsvScanner scanner_{{}, ','};
  std::size_t header_at_ = 0;
  int header_line_ = 1;
  bool unusual_ = false;  // some byte is suspicious
};

CsvTable parse_csv(std::string text, const std::string& name, Problems& problems) {
  return CsvParser(std::move(text), name, problems).parse();
}

CsvTable load_csv(const std::filesystem::path& file, Problems& problems) {
  try {
    return parse_csv(read_file(file, largest_file), file.string(), problems);
  } catch (const std::system_error& error) {
    std::string message = "cannot be read: " + error.code().message();
    if (error.code() == std::errc::file_too_large) message = "the file is larger than 1 GiB";
    if (error.code() == std::errc::is_a_directory) message = "a folder, not a file";
    if (error.code() == std::errc::invalid_argument) message = "not a regular file";
    problems.add({std::make_shared<const std::string>(file.string()), 1, 1}, "", message);
    return {};
  }
}

}  // namespace oligosim

// Separated values as people have them: every kind of line break, quote and separator; every mistake with its place.
#include "engine/io/csv_reader.hpp"

#include <cmath>
#include <ctime>
#include <limits>

#include "engine/io/csv.hpp"
#include "engine/io/csv_value.hpp"
#include "engine/io/file.hpp"
#include "engine/io/number.hpp"
#include "tests/io/support.hpp"

namespace oligosim {
namespace {

std::string refusal(const std::string& text) {
  Problems problems;
  parse_csv(text, "x.csv", problems);
  return problems.text();
}

/// Fields in brackets, rows ended by a bar.
std::string dump_table(const std::string& text) {
  Problems problems;
  const CsvTable table = parse_csv(text, "x.csv", problems);
  if (!problems.empty()) return problems.text();
  std::string result;
  for (const std::string& name : table.header()) result += "<" + name + ">";
  for (std::size_t row = 0; row < table.rows(); ++row) {
    result += "|";
    for (std::size_t column = 0; column < table.columns(); ++column)
      result += "[" + std::string(table.field(row, column)) + "]";
  }
  return result;
}

std::string place_text(const Place& p) {
  return *p.file + ":" + std::to_string(p.line) + ":" + std::to_string(p.column);
}

using std::string_literals::operator""s;

TEST(CsvReader, reference_separators_and_line_breaks) {
  const std::string expected = "<a><b>|[1][x]|[2][y]";
  for (const char* text : {"a,b\n1,x\n2,y\n", "a,b\n1,x\n2,y", "a;b\r\n1;x\r\n2;y\r\n", "a\tb\r1\tx\r2\ty\r",
                           "\xEF\xBB\xBF"
                           "a,b\n1,x\r\n2,y\r",
                           "\n\n  \na,b\n\n1,x\n   \n,\n\r\n2,y\n,\n\n", " a , b\n1 ,x\n2,  y  \n",
                           "\"a\",\"b\"\n\"1\",\"x\"\n\"2\" , \"y\"\n"})
    EXPECT_EQ(dump_table(text), expected) << text;
}

TEST(CsvReader, reference_quotes) {
  EXPECT_EQ(dump_table("a,b\n\"1,5\",\"say \"\"x\"\"\"\n\"two\nlines\",\"\"\"\"\n"),
            "<a><b>|[1,5][say \"x\"]|[two\nlines][\"]");
  EXPECT_EQ(dump_table("a\n\"\"\n\n\" b \"\n"), "<a>|[]|[ b ]");  // "" is a row, a blank line is none
  EXPECT_EQ(dump_table("\"a;b\",c\n1,2\n"), "<a;b><c>|[1][2]");
  EXPECT_EQ(dump_table("a;b,c\td\n1;2,3\t4\n"), "<a;b,c><d>|[1;2,3][4]");
  EXPECT_EQ(dump_table("a;b;c,d\n1;2;3,4\n"), "<a><b><c,d>|[1][2][3,4]");
  EXPECT_EQ(dump_table("\"two\nlines\"\n1\n"), "<two\nlines>|[1]");
  EXPECT_EQ(dump_table("é,ü\n日本,😀\n"), "<é><ü>|[日本][😀]");
  EXPECT_EQ(dump_table("\"\",\"os_d\"\n\"1\",300\n"), "<row_names><os_d>|[1][300]");  // as R writes row names
  EXPECT_EQ(dump_table("a,row_names\n1,2\n"), "<a><row_names>|[1][2]");
}

struct Refused {
  std::string text, message;
};

const Refused refused[] = {
    {"", "x.csv:1:1: the file is empty (a line of column names, then one line a row)\n"},
    {" \r\n\n", "x.csv:1:1: the file is empty (a line of column names, then one line a row)\n"},
    {"a,b\n\n", "x.csv:3:1: no row after the line of names\n"},
    {"a,b\n1,2,3\n1\n4,5\n",
     "x.csv:2:1: 3 fields (2, as the line of names)\nx.csv:3:1: 1 field (2, as the line of names)\n"},
    {"\na,,a,b,a\n1,2,3,4,5\n",
     "x.csv:2:3: column 2 has no name\nx.csv:2:4: a: names column 1 too (names are unique)\n"
     "x.csv:2:8: a: names column 1 too (names are unique)\n"},
    {",row_names\n1,2\n", "x.csv:1:1: column 1 has no name\n"},
    {"306,1\n455,0\n", "x.csv:1:1: the first line has numbers (a line of column names is wanted)\n"},
    {"time;in,days\n1;2,3\n",
     "x.csv:1:1: the line of names has as many commas as semicolons (one of them separates; quote the names)\n"},
    {"a,b\n\"1,2\n3,4\n", "x.csv:2:1: a: the quote that opens here is never closed\n"},
    {"a,b\né,\"1\n\n", "x.csv:2:3: b: the quote that opens here is never closed\n"},
    {"a,b\n\"1\"2,3\n", "x.csv:2:4: a: text after the closing quote (a quote inside a field is doubled)\n"},
    {"a,b\n\"1\n2\" x,3\n", "x.csv:3:4: a: text after the closing quote (a quote inside a field is doubled)\n"},
    {"a,b\n3,5\" tumour\n",
     "x.csv:2:4: b: a quote inside a field without quotes (put the field in quotes and double the quote)\n"},
    {"a,b\n3,M\xFCller\n4,x\n", "x.csv:2:4: b: not UTF-8 (byte \\xfc; save the file as UTF-8)\n"},
    {"\xE9,b\n3,4\n", "x.csv:1:1: not UTF-8 (byte \\xe9; save the file as UTF-8)\n"},
    {"a,b\n\"x\n\xC3(\",4\n", "x.csv:3:1: a: not UTF-8 (byte \\xc3; save the file as UTF-8)\n"},
    {"a,b\n1,\0\n"s, "x.csv:2:3: b: a NUL character (a text file is wanted)\n"},
    {"a,b\n1,\x1b[2J\n", "x.csv:2:3: b: a control character (\\x1b)\n"},
    {"a,b\n1,\xEF\xBB\xBF"
     "2\n",
     "x.csv:2:3: b: a byte order mark inside the text\n"},
    {"\xFF\xFE"
     "a\0"s,
     "x.csv:1:1: UTF-16 text (save the file as UTF-8)\n"},
    {"PK\x03\x04xl", "x.csv:1:1: a spreadsheet or archive, not text (save it as CSV)\n"},
};

TEST(CsvReader, reference_each_mistake_with_its_place) {
  for (const Refused& r : refused) EXPECT_EQ(refusal(r.text), r.message) << r.text;
}

TEST(CsvReader, reference_twenty_mistakes_and_a_count) {
  std::string text = "a,b\n", expected;
  for (int line = 2; line <= 101; ++line) {
    text += "1\n";
    if (line <= 21) expected += "x.csv:" + std::to_string(line) + ":1: 1 field (2, as the line of names)\n";
  }
  EXPECT_EQ(refusal(text), expected + "x.csv:22:1: from here on 80 more like these\n");
}

TEST(CsvReader, reference_places_count_characters_and_lines) {
  Problems problems;
  const CsvTable table =
      parse_csv("id,note,x\r\n1,\"say \"\"é\"\"\r\nthen\",5\r\n\r\n\"日本\",  \"b\",6\r7,8,9", "p.csv", problems);
  ASSERT_EQ(problems.text(), "");
  ASSERT_EQ(table.rows(), 3u);
  EXPECT_EQ(place_text(table.header_place(2)), "p.csv:1:9");
  EXPECT_EQ(place_text(table.place(0, 1)), "p.csv:2:3");
  EXPECT_EQ(place_text(table.place(0, 2)), "p.csv:3:7");
  EXPECT_EQ(place_text(table.place(1, 1)), "p.csv:5:8");
  EXPECT_EQ(place_text(table.place(1, 2)), "p.csv:5:12");
  EXPECT_EQ(place_text(table.place(2, 2)), "p.csv:6:5");
  EXPECT_EQ(table.field(0, 1), "say \"é\"\r\nthen");
  EXPECT_EQ(table.line(2), 6);
}

TEST(CsvReader, reference_numbers_and_missing) {
  for (const char* text : {"", "NA", "."}) EXPECT_TRUE(is_missing(text));
  for (const char* text : {"NaN", "na", "0", "-", "..", "N/A"}) EXPECT_FALSE(is_missing(text)) << text;
  EXPECT_EQ(csv_number("-1.5e2"), -150.0);
  EXPECT_EQ(csv_number("Inf"), std::numeric_limits<double>::infinity());
  EXPECT_FALSE(std::signbit(*csv_number("-0")));
  for (const char* text :
       {"007", "-01", "NaN", "inf", "infinity", "0x1F", "+5", "1e400", "1,5", "1 2", "5e", "", "12a"})
    EXPECT_FALSE(csv_number(text)) << text;
  EXPECT_TRUE(has_decimal_comma("-12,5"));
  for (const char* text : {"1,2,3", "12.5", "a,5", "01,2,"}) EXPECT_FALSE(has_decimal_comma(text)) << text;
}

// Data take the numbers that a study file takes, and the two infinities besides.
TEST(CsvReader, property_numbers_are_those_of_study_files) {
  std::mt19937 random(1);
  const std::string letters = "0012.-+eE,_xinfa";
  std::size_t numbers = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    for (std::size_t n = 1 + random() % 5; n > 0; --n) text += letters[random() % letters.size()];
    const std::optional<double> number = csv_number(text);
    EXPECT_EQ(number, read_number(text).value) << text;
    numbers += number.has_value();
    EXPECT_EQ(why_no_number(text).empty(), number.has_value()) << text;
  }
  EXPECT_GT(numbers, 10'000u);
}

// Any table written with any separator, line break and quoting reads back as the same fields.
TEST(CsvReader, property_round_trip) {
  std::mt19937 random(2);
  const std::string breaks[] = {"\n", "\r\n", "\r"};
  for (int round = 0; round < 3000; ++round) {
    const char separator = ",;\t"[random() % 3];
    const std::string& line_break = breaks[random() % 3];
    const std::size_t columns = 2 + random() % 4, rows = 1 + random() % 6;
    std::string text = random() % 2 ? "\xEF\xBB\xBF" : "";
    std::vector<std::string> fields;
    for (std::size_t j = 0; j < columns; ++j)
      text += (j == 0 ? "" : std::string(1, separator)) + "c" + std::to_string(j);
    text += line_break;
    for (std::size_t i = 0; i < rows * columns; ++i) {
      static const std::string parts[] = {"a", "\"", ",", ";", "\t", "\n", "\r\n", " ", "é", "1.5", "NA"};
      std::string field;
      for (std::size_t n = random() % 4; n > 0; --n) field += parts[random() % std::size(parts)];
      fields.push_back(field);
      const bool plain = field.find_first_of("\",;\t\r\n ") == std::string::npos && !field.empty() && random() % 2;
      if (!plain) {
        std::string doubled;
        for (const char c : field) doubled += c == '"' ? "\"\"" : std::string(1, c);
        field = "\"" + doubled + "\"" + (random() % 4 == 0 ? " " : "");
      }
      text += field + ((i + 1) % columns == 0 ? line_break : std::string(1, separator));
    }
    if (random() % 2) text.resize(text.size() - line_break.size());
    Problems problems;
    const CsvTable table = parse_csv(text, "x.csv", problems);
    ASSERT_EQ(problems.text(), "") << text;
    ASSERT_EQ(table.rows(), rows) << text;
    for (std::size_t i = 0; i < fields.size(); ++i) ASSERT_EQ(table.field(i / columns, i % columns), fields[i]) << text;
  }
}

TEST(CsvReader, property_what_the_writer_writes_is_read) {
  std::mt19937 random(3);
  CsvWriter writer({"text", "number"});
  std::vector<std::string> texts;
  std::vector<double> numbers;
  for (int i = 0; i < 2000; ++i) {
    static const std::string parts[] = {"a", "\"", ",", "\n", "\r", " ", "é", ";", "\t"};
    std::string text;
    for (std::size_t n = random() % 4; n > 0; --n) text += parts[random() % std::size(parts)];
    texts.push_back(text);
    numbers.push_back(std::ldexp(static_cast<double>(random()) - 2e9, static_cast<int>(random() % 200) - 100));
    writer.field(text).field(numbers.back()).end_row();
  }
  Problems problems;
  const CsvTable table = parse_csv(writer.text(), "x.csv", problems);
  ASSERT_EQ(problems.text(), "");
  ASSERT_EQ(table.rows(), texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(table.field(i, 0), texts[i]);
    EXPECT_EQ(csv_number(table.field(i, 1)), numbers[i]);
  }
}

class CsvFile : public TemporaryFolder {};

TEST_F(CsvFile, reference_is_read_or_refused) {
  const auto message = [&](const std::filesystem::path& file) {
    Problems problems;
    load_csv(file, problems);
    return problems.text();
  };
  const std::string name = (folder / "a.csv").string();
  EXPECT_EQ(message(name), name + ":1:1: cannot be read: No such file or directory\n");
  EXPECT_EQ(message(folder), folder.string() + ":1:1: a folder, not a file\n");
  EXPECT_EQ(message("/dev/null"), "/dev/null:1:1: not a regular file\n");
  write_file(name, "a\n1\n");
  EXPECT_EQ(message(name), "");
  std::filesystem::resize_file(name, (std::uintmax_t{1} << 30) + 1);  // a hole, not a gigabyte
  EXPECT_EQ(message(name), name + ":1:1: the file is larger than 1 GiB\n");
}

// One long line, and a mistake in each of its fields: the time must not grow with the square of the length.
TEST(CsvReader, property_a_line_of_a_million_mistakes_is_refused_quickly) {
  std::string text = "a,b\n";
  for (int i = 0; i < 1'000'000; ++i) text += "\x01,";
  const std::clock_t start = std::clock();  // of the processor: the computer may be busy
  const std::string message = refusal(text);
  EXPECT_TRUE(message.starts_with("x.csv:2:1: a: a control character (\\x01)\nx.csv:2:3: b: "))
      << message.substr(0, 200);
  EXPECT_NE(message.find("from here on 999980 more like these"), std::string::npos);
  EXPECT_LT(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC, 10);
}

}  // namespace
}  // namespace oligosim

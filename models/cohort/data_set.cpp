#include "models/cohort/data_set.hpp"

#include <algorithm>
#include <utility>

#include "engine/io/csv_value.hpp"
#include "engine/io/words.hpp"
#include "models/cohort/data_column.hpp"

namespace oligosim {
namespace {

ColumnInfo info_of(const std::string& name, DataColumn& column) {
  ColumnInfo info{.name = name};
  info.kind = column.kind == DataColumn::Kind::category ? ColumnKind::category : ColumnKind::number;
  info.identifies = column.kind == DataColumn::Kind::text;
  info.levels = std::move(column.levels);
  info.values = std::move(column.values);
  return info;
}

/// A column with a tenth of texts or less is more likely a slip than meant.
std::string about_texts(const DataColumn& column, const std::string& first) {
  const std::string count = std::to_string(column.texts) + " of " + std::to_string(column.known) + " values ";
  const std::string what = count + (column.texts == 1 ? "is a text" : "are texts") + ", here " + first;
  return column.kind == DataColumn::Kind::number ? what + ": a plan that uses the column will be refused"
                                                 : what + ": the column is categorical";
}

/// "data.csv:4:1: 'abc' is not a number" of the first few texts, for a plan that takes the column for numbers.
std::string where_texts_are(const CsvTable& table, std::size_t source, std::span<const std::uint32_t> rows) {
  constexpr std::size_t most = 3;
  std::string list;
  std::size_t texts = 0;
  for (const std::uint32_t row : rows) {
    if (row == no_row) continue;
    const std::string_view field = table.field(row, source);
    if (is_missing(field) || csv_number(field) || ++texts > most) continue;
    const Place place = table.place(row, source);
    list += (list.empty() ? "" : "; ") + *place.file + ":" + std::to_string(place.line) + ":" +
            std::to_string(place.column) + ": " + why_no_number(field);
  }
  if (texts > most) list += "; and " + std::to_string(texts - most) + " more";
  return list;
}

}  // namespace

DataSet::DataSet(CsvTable table, DataShape shape, Problems& problems, Warnings& warnings)
    : table_(std::move(table)), shape_(std::move(shape)) {
  MistakeList commas(problems);
  std::vector<DataShape::Column> kept;
  const auto keep = [&](const DataShape::Column& c, DataColumn column) {
    kept.push_back(c);
    has_texts_.push_back(column.kind == DataColumn::Kind::number && column.texts > 0);
    ColumnInfo info = info_of(c.name, column);
    if (info.kind == ColumnKind::category && column.mostly_numbers())
      info.texts_among_numbers = where_texts_are(table_, c.source, shape_.rows[c.rows]);
    columns_.add(std::move(info));
    numbers_.push_back(std::move(column.numbers));
    categories_.push_back(std::move(column.codes));
  };
  std::vector<std::pair<DataShape::Column, DataColumn>> texts;  // after the others
  for (const DataShape::Column& c : shape_.columns) {
    const std::vector<std::uint32_t>& rows = shape_.rows[c.rows];
    DataColumn column = read_column(table_, c.source, rows);
    const bool decimal_commas = table_.separator() != ',' && column.texts > 0 && column.texts == column.decimal_commas;
    for (std::size_t i = 0; decimal_commas && i < rows.size(); ++i) {
      if (rows[i] == no_row || !has_decimal_comma(table_.field(rows[i], c.source))) continue;
      commas.add(table_.place(rows[i], c.source), c.name, why_no_number(table_.field(rows[i], c.source)));
    }
    if (column.few_texts() && !decimal_commas) {
      const std::uint32_t row = rows[column.first_text];
      warnings.add(table_.place(row, c.source), c.name,
                   about_texts(column, quoted(std::string(table_.field(row, c.source)))));
    }
    if (column.kind == DataColumn::Kind::text)
      texts.emplace_back(c, std::move(column));
    else
      keep(c, std::move(column));
  }
  commas.finish();
  for (auto& [c, column] : texts) keep(c, std::move(column));
  shape_.columns = std::move(kept);
  for (std::vector<double>& column : numbers_) number_spans_.emplace_back(column);
  for (std::vector<std::uint8_t>& column : categories_) category_spans_.emplace_back(column);
}

std::optional<std::size_t> DataSet::find(const std::string& name) const {
  const auto found = std::find_if(shape_.columns.begin(), shape_.columns.end(),
                                  [&](const DataShape::Column& c) { return c.name == name; });
  if (found == shape_.columns.end()) return {};
  return static_cast<std::size_t>(found - shape_.columns.begin());
}

std::string_view DataSet::text(std::size_t position, std::size_t row) const {
  const DataShape::Column& column = shape_.columns[position];
  const std::uint32_t source = shape_.rows[column.rows][row];
  return source == no_row ? std::string_view{} : table_.field(source, column.source);
}

Place DataSet::place(std::size_t position, std::size_t row) const {
  const DataShape::Column& column = shape_.columns[position];
  std::uint32_t source = shape_.rows[column.rows][row];
  if (source == no_row) source = shape_.rows.front()[row];  // some row of the patient
  return table_.place(source, column.source);
}

void DataSet::list_texts(std::size_t position, const std::string& accepted, MistakeList& mistakes) const {
  for (std::size_t row = 0; row < rows(); ++row) {
    const std::string_view field = text(position, row);
    if (is_missing(field) || csv_number(field)) continue;
    mistakes.add(place(position, row), name(position),
                 why_no_number(field) + " (" + accepted + "; empty, NA or a dot where missing)");
  }
}

void DataSet::refuse_texts(std::span<const std::uint8_t> needed, Problems& problems) const {
  MistakeList mistakes(problems);
  for (std::size_t position = 0; position < columns_.size(); ++position)
    if (needed[position] && has_texts_[position]) list_texts(position, "a number", mistakes);
  mistakes.finish();
}

namespace {

DataSet data_from(CsvTable table, const DataOptions& options, Problems& problems, Warnings& warnings) {
  const Place start = table.start();
  if (problems.concern(start)) return {};
  DataShape shape = shape_data(table, options, problems, warnings);
  if (problems.concern(start)) return {};
  DataSet data(std::move(table), std::move(shape), problems, warnings);
  if (problems.concern(start)) return {};
  return data;
}

}  // namespace

DataSet read_data(const std::filesystem::path& file, const DataOptions& options, Problems& problems,
                  Warnings& warnings) {
  CsvTable table = load_csv(file, problems);
  return table.columns() == 0 ? DataSet{} : data_from(std::move(table), options, problems, warnings);
}

DataSet parse_data(std::string text, const std::string& name, const DataOptions& options, Problems& problems,
                   Warnings& warnings) {
  return data_from(parse_csv(std::move(text), name, problems), options, problems, warnings);
}

}  // namespace oligosim

#include "models/cohort/data_column.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "engine/io/csv_value.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {
namespace {

constexpr double missing_number = std::numeric_limits<double>::quiet_NaN();

/// Different numbers in order of first appearance, up to one more than are of interest.
class DistinctValues {
 public:
  void add(double value) {
    if (value == last_ || values_.size() > most_known_values) return;
    last_ = value;
    if (std::find(values_.begin(), values_.end(), value) == values_.end()) values_.push_back(value);
  }
  bool few() const { return values_.size() <= most_known_values; }
  std::vector<double> take() { return std::move(values_); }

 private:
  std::vector<double> values_;
  double last_ = missing_number;
};

void read_numbers(const CsvTable& table, std::size_t source, std::span<const std::uint32_t> rows,
                  DistinctValues& distinct, DataColumn& column) {
  column.numbers.assign(rows.size(), missing_number);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == no_row) continue;
    const std::string_view field = table.field(rows[i], source);
    if (is_missing(field)) continue;
    ++column.known;
    if (const std::optional<double> number = csv_number(field)) {
      column.numbers[i] = *number;
      distinct.add(*number);
    } else {
      if (column.texts++ == 0) column.first_text = i;
      column.decimal_commas += has_decimal_comma(field);
    }
  }
}

/// False if there are too many levels.
bool read_levels(const CsvTable& table, std::size_t source, std::span<const std::uint32_t> rows, DataColumn& column) {
  std::unordered_map<std::string_view, std::uint8_t> code_of;
  column.codes.assign(rows.size(), missing_category);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == no_row) continue;
    const std::string_view field = table.field(rows[i], source);
    if (is_missing(field)) continue;
    const auto [found, is_new] = code_of.emplace(field, static_cast<std::uint8_t>(code_of.size()));
    if (is_new && column.levels.size() == most_levels) return false;
    if (is_new) column.levels.emplace_back(field);
    column.codes[i] = found->second;
  }
  return true;
}

/// One number for each different text, in order of first appearance.
void read_identities(const CsvTable& table, std::size_t source, std::span<const std::uint32_t> rows,
                     DataColumn& column) {
  std::unordered_map<std::string_view, double> number_of;
  column.numbers.assign(rows.size(), missing_number);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == no_row) continue;
    const std::string_view field = table.field(rows[i], source);
    if (!is_missing(field))
      column.numbers[i] = number_of.emplace(field, static_cast<double>(number_of.size())).first->second;
  }
}

}  // namespace

DataColumn read_column(const CsvTable& table, std::size_t source, std::span<const std::uint32_t> rows) {
  DataColumn column;
  DistinctValues distinct;
  read_numbers(table, source, rows, distinct, column);
  if (column.texts == 0 || (column.few_texts() && !distinct.few())) {
    if (column.texts == 0 && distinct.few()) column.values = distinct.take();
    return column;
  }
  const bool categorical = read_levels(table, source, rows, column);
  if (!categorical) column.levels = {}, column.codes = {};
  if (!categorical && column.mostly_numbers()) return column;
  column.numbers = {};
  column.kind = categorical ? DataColumn::Kind::category : DataColumn::Kind::text;
  if (!categorical) read_identities(table, source, rows, column);
  return column;
}

}  // namespace oligosim

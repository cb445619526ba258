#include "models/cohort/data_shape.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>
#include <string_view>
#include <unordered_set>

#include "engine/io/csv_value.hpp"
#include "engine/io/words.hpp"
#include "models/cohort/data_column.hpp"

namespace oligosim {
namespace {

constexpr std::size_t most_parameters = 100;
constexpr std::size_t most_values = 200'000'000;

/// Variables of ADTTE that belong to the parameter even where they happen to agree.
constexpr std::string_view parameter_variables[] = {"AVAL", "AVALC", "CNSR", "ADT", "ADY", "EVNTDESC", "CNSDTDSC"};

/// The texts of a column as numbers, in order of first appearance. Hashed with open addressing: there may be a million.
class Numbering {
 public:
  std::vector<std::uint32_t> number;  // of each row; no_row where missing
  std::vector<std::uint32_t> first;   // row in which each appears first

  Numbering(const CsvTable& table, std::size_t column) : number(table.rows(), no_row) {
    std::vector<std::uint32_t> slots(std::bit_ceil(2 * table.rows()), no_row);
    for (std::uint32_t row = 0; row < table.rows(); ++row) {
      const std::string_view text = table.field(row, column);
      if (is_missing(text)) continue;
      std::size_t slot = std::hash<std::string_view>{}(text) & (slots.size() - 1);
      while (slots[slot] != no_row && table.field(first[slots[slot]], column) != text)
        slot = (slot + 1) & (slots.size() - 1);
      if (slots[slot] == no_row) {
        slots[slot] = static_cast<std::uint32_t>(first.size());
        first.push_back(row);
      }
      number[row] = slots[slot];
    }
  }
};

class Shaper {
 public:
  Shaper(const CsvTable& table, const DataOptions& options, Problems& problems, Warnings& warnings)
      : table_(table), options_(options), mistakes_(problems), warnings_(warnings) {}

  DataShape shape() {
    const auto patient = column_for("patient", options_.patient, "USUBJID");
    const auto parameter = column_for("parameter", options_.parameter, "PARAMCD");
    if (mistakes_.empty()) choose(patient, parameter);
    mistakes_.finish();
    return std::move(shape_);
  }

 private:
  void choose(std::optional<std::size_t> patient, std::optional<std::size_t> parameter) {
    if (options_.several_rows && options_.parameter)
      mistakes_.add(table_.start(), "parameter", "makes one row a patient, but several rows a patient are meant");
    else if (parameter && !options_.several_rows && !patient)
      mistakes_.add(table_.header_place(*parameter), table_.header()[*parameter],
                    "makes this long data, but no column names the patient (USUBJID, or say which)");
    else if (parameter && !options_.several_rows)
      long_rows(*patient, *parameter);
    else if (patient)
      wide_rows(*patient);
    else
      plain_rows();
  }

  std::optional<std::size_t> column_for(const std::string& option, const std::optional<std::string>& name,
                                        const char* standard) {
    const std::optional<std::size_t> found = table_.find(name.value_or(standard));
    if (name && !found)
      mistakes_.add(table_.header_place(0), option,
                    quoted(*name) + " is not a column (" + either_or_nearest(*name, table_.header()) + ")");
    return found;
  }

  void plain_rows() {
    shape_.patients = table_.rows();
    shape_.patient.resize(table_.rows());
    std::iota(shape_.patient.begin(), shape_.patient.end(), 0u);
    keep_columns(shape_.patient);
  }

  void wide_rows(std::size_t patient) {
    const Numbering patients = numbers_of(patient, "the patient of this row is missing");
    if (!options_.several_rows) {
      for (std::uint32_t row = 0; row < table_.rows(); ++row) {
        if (patients.number[row] == no_row || patients.first[patients.number[row]] == row) continue;
        mistakes_.add(table_.place(row, patient), table_.header()[patient],
                      text(row, patient) + " has a row already, line " + line(patients.first[patients.number[row]]) +
                          " (one row a patient)");
      }
    }
    std::vector<std::uint32_t> all(table_.rows());
    std::iota(all.begin(), all.end(), 0u);
    shape_.patients = patients.first.size();
    shape_.patient = patients.number;
    keep_columns(std::move(all));
  }

  void keep_columns(std::vector<std::uint32_t> rows) {
    shape_.rows.push_back(std::move(rows));
    for (std::size_t column = 0; column < table_.columns(); ++column)
      shape_.columns.push_back({table_.header()[column], column, 0});
  }

  void long_rows(std::size_t patient, std::size_t parameter) {
    const Numbering patients = numbers_of(patient, "the patient of this row is missing");
    const Numbering parameters = numbers_of(parameter, "the parameter of this row is missing");
    const std::size_t count = parameters.first.size();
    if (count > most_parameters)
      mistakes_.add(table_.header_place(parameter), table_.header()[parameter],
                    "has " + std::to_string(count) + " values (at most 100)");
    if (count * patients.first.size() > most_values)
      mistakes_.add(table_.start(), "", "has more than 200 million patients times parameters");
    if (!mistakes_.empty()) return;
    std::vector<std::vector<std::uint32_t>> rows(count, std::vector<std::uint32_t>(patients.first.size(), no_row));
    for (std::uint32_t row = 0; row < table_.rows(); ++row) {
      std::uint32_t& place = rows[parameters.number[row]][patients.number[row]];
      if (place == no_row)
        place = row;
      else
        mistakes_.add(table_.place(row, parameter), table_.header()[parameter],
                      "patient " + text(row, patient) + " has a row for " + text(row, parameter) + " already, line " +
                          line(place) + " (one row a patient and parameter)");
    }
    shape_.rows = std::move(rows);
    shape_.rows.insert(shape_.rows.begin(), patients.first);
    shape_.patients = patients.first.size();
    shape_.patient.resize(shape_.patients);
    std::iota(shape_.patient.begin(), shape_.patient.end(), 0u);
    spread_columns(patients, parameters, patient, parameter);
  }

  void spread_columns(const Numbering& patients, const Numbering& parameters, std::size_t patient,
                      std::size_t parameter) {
    const std::size_t count = parameters.first.size();
    for (std::size_t column = 0; column < table_.columns(); ++column) {
      const std::string& name = table_.header()[column];
      if (column == parameter && count > 1) continue;
      if (column == patient || count == 1 || !differs(column, patients, patient)) {
        shape_.columns.push_back({name, column, 0});
        continue;
      }
      for (std::size_t k = 0; k < count; ++k)
        shape_.columns.push_back(
            {name + "." + std::string(table_.field(parameters.first[k], parameter)), column, 1 + k});
    }
    if (shape_.columns.size() * shape_.patients > most_values)
      mistakes_.add(table_.start(), "", "has more than 200 million values with one row a patient");
    std::unordered_set<std::string> names;
    for (const DataShape::Column& c : shape_.columns)
      if (!names.insert(c.name).second)
        mistakes_.add(table_.header_place(c.source), c.name, "would stand twice with one row a patient (rename it)");
  }

  /// Whether a column of long data belongs to the parameter. Few patients in which it differs look like a slip.
  bool differs(std::size_t column, const Numbering& patients, std::size_t patient) {
    const std::string& name = table_.header()[column];
    if (std::find(std::begin(parameter_variables), std::end(parameter_variables), name) !=
        std::end(parameter_variables))
      return true;
    std::vector<std::uint32_t> other(patients.first.size(), no_row);  // the first row that differs
    std::vector<std::uint8_t> several(patients.first.size(), 0);
    for (std::uint32_t row = 0; row < table_.rows(); ++row) {
      const std::uint32_t p = patients.number[row];
      if (patients.first[p] == row) continue;
      several[p] = 1;
      if (other[p] == no_row && !same(table_.field(row, column), table_.field(patients.first[p], column)))
        other[p] = row;
    }
    const auto with_several = static_cast<std::size_t>(std::count(several.begin(), several.end(), 1));
    const auto first = std::find_if(other.begin(), other.end(), [](std::uint32_t row) { return row != no_row; });
    if (first == other.end()) return false;
    const auto differing = other.size() - static_cast<std::size_t>(std::count(other.begin(), other.end(), no_row));
    if (differing * 20 <= with_several)
      warnings_.add(table_.place(*first, column), name,
                    "differs within " + std::to_string(differing) + " of " + std::to_string(with_several) +
                        " patients, here from line " + line(patients.first[patients.number[*first]]) + " of patient " +
                        text(*first, patient) + ", so each parameter has its own " + name);
    return true;
  }

  static bool same(std::string_view a, std::string_view b) { return a == b || (is_missing(a) && is_missing(b)); }

  Numbering numbers_of(std::size_t column, const char* when_missing) {
    Numbering result(table_, column);
    for (std::uint32_t row = 0; row < table_.rows(); ++row)
      if (result.number[row] == no_row) mistakes_.add(table_.place(row, column), table_.header()[column], when_missing);
    return result;
  }

  std::string text(std::uint32_t row, std::size_t column) const {
    return quoted(std::string(table_.field(row, column)));
  }
  std::string line(std::uint32_t row) const { return std::to_string(table_.line(row)); }

  const CsvTable& table_;
  const DataOptions& options_;
  MistakeList mistakes_;
  Warnings& warnings_;
  DataShape shape_;
};

}  // namespace

DataOptions read_data_options(ConfigNode& plan) {
  DataOptions options;
  if (plan.has("patient")) options.patient = plan.text("patient");
  if (plan.has("parameter")) options.parameter = plan.text("parameter");
  options.several_rows = plan.flag("several_rows", false);
  return options;
}

DataShape shape_data(const CsvTable& table, const DataOptions& options, Problems& problems, Warnings& warnings) {
  return Shaper(table, options, problems, warnings).shape();
}

}  // namespace oligosim

#include "models/cohort/cohort_csv.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

#include "engine/statistics/estimate.hpp"

namespace oligosim {
namespace {

CsvWriter with_columns(const Columns& columns) {
  std::vector<std::string_view> header = {"trial", "USUBJID"};
  for (std::size_t k = 0; k < columns.size(); ++k) header.emplace_back(columns[k].name);
  return CsvWriter(header);
}

std::string patient_name(std::uint32_t trial, std::size_t patient) {
  return std::to_string(trial) + "-" + std::to_string(patient + 1);
}

}  // namespace

RowsCsv::RowsCsv(const Columns& columns) : columns_(columns), csv_(with_columns(columns)) {}

void RowsCsv::add(std::uint32_t trial, const Cohort& rows, std::span<const std::uint32_t> patient) {
  for (std::size_t row = 0; row < rows.patients(); ++row) {
    csv_.field(static_cast<long long>(trial)).field(patient_name(trial, patient.empty() ? row : patient[row]));
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      if (columns_[k].kind == ColumnKind::number) {
        csv_.field(rows.numbers(k).empty() ? missing : rows.numbers(k)[row]);
      } else {
        const std::uint8_t code = rows.categories(k).empty() ? missing_category : rows.categories(k)[row];
        csv_.field(code == missing_category ? std::string_view("NA") : std::string_view(columns_[k].levels[code]));
      }
    }
    csv_.end_row();
  }
}

AdtteCsv::AdtteCsv(const Columns& columns)
    : columns_(columns), csv_({"trial", "USUBJID", "TRT01P", "PARAMCD", "AVAL", "CNSR"}) {
  for (std::size_t k = 0; k + 1 < columns.size(); ++k) {
    const std::string& name = columns[k].name;
    if (!name.ends_with("_d") || columns[k + 1].name != name.substr(0, name.size() - 1) + "e") continue;
    std::string code = name.substr(0, name.size() - 2);
    std::ranges::transform(code, code.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    parameters_.push_back({code, k});
  }
}

void AdtteCsv::add(std::uint32_t trial, const Cohort& patients) {
  const std::size_t arm = *columns_.find("arm");
  for (const Parameter& p : parameters_)
    for (std::size_t row = 0; row < patients.patients(); ++row) {
      csv_.field(static_cast<long long>(trial)).field(patient_name(trial, row));
      csv_.field(std::string_view(columns_[arm].levels[patients.categories(arm)[row]])).field(p.code);
      csv_.field(patients.numbers(p.time)[row]);
      csv_.field(static_cast<long long>(patients.numbers(p.time + 1)[row] == 0)).end_row();
    }
}

}  // namespace oligosim

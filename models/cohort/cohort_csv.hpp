#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/io/csv.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// Rows of simulated trials as other software reads them, one row a patient or lesion: `trial, USUBJID` (TRIAL-NUMBER
/// of the patient), then these columns. Categories by name, missing values and columns that nobody made as NA.
class RowsCsv {
 public:
  explicit RowsCsv(const Columns& columns);
  /// `rows`: whose first columns are these. `patient`: of each row, its number from 0; empty: rows are patients.
  void add(std::uint32_t trial, const Cohort& rows, std::span<const std::uint32_t> patient = {});
  const std::string& text() const { return csv_.text(); }

 private:
  const Columns& columns_;
  CsvWriter csv_;
};

/// CDISC ADTTE, long: `trial, USUBJID, TRT01P, PARAMCD, AVAL, CNSR`, one row a patient and survival endpoint (columns
/// NAME_d and NAME_e). AVAL in days; CNSR 0: event, 1: censored.
class AdtteCsv {
 public:
  explicit AdtteCsv(const Columns& columns);
  void add(std::uint32_t trial, const Cohort& patients);
  const std::string& text() const { return csv_.text(); }

 private:
  struct Parameter {
    std::string code;
    std::size_t time;  // column; the next has the event
  };
  const Columns& columns_;
  std::vector<Parameter> parameters_;
  CsvWriter csv_;
};

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "engine/io/csv_reader.hpp"

namespace oligosim {

/// How the rows of a file are patients.
struct DataOptions {
  std::optional<std::string> patient;    // column that names the patient; unless given, USUBJID where there is one
  std::optional<std::string> parameter;  // long data: column that names the endpoint; unless given, PARAMCD
  bool several_rows = false;             // several rows a patient are meant (counting process, lesions): kept as rows
};

/// The keys of an analysis plan that say so.
DataOptions read_data_options(ConfigNode& plan);

/// Which field of the file each value of a data set is.
struct DataShape {
  struct Column {
    std::string name;
    std::size_t source;  // column of the file
    std::size_t rows;    // position in rows
  };
  std::vector<Column> columns;
  std::vector<std::vector<std::uint32_t>> rows;  // row of the file for each row of the data set, or no_row
  std::vector<std::uint32_t> patient;            // of each row of the data set, in order of first appearance
  std::size_t patients = 0;
};

/// One row a patient, or the file's rows as they are where no column names the patient or several rows are meant.
/// Long data (CDISC ADTTE: one row a patient and parameter) with at least two parameters get one row a patient: the
/// columns that differ between rows of a patient, and AVAL, CNSR and their kin in any case, become NAME.PARAMETER; the
/// parameter column itself is left out. With one parameter all names stay.
/// Refused: a patient or parameter twice (with both lines), a row without patient or parameter.
DataShape shape_data(const CsvTable& table, const DataOptions& options, Problems& problems, Warnings& warnings);

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/io/csv_reader.hpp"
#include "models/cohort/cohort.hpp"
#include "models/cohort/data_shape.hpp"

namespace oligosim {

/// The patients of a file. A column whose known values are all numbers is numeric, with its values listed if there are
/// at most 20 of them, in order of first appearance; any other is a category, its levels in order of first appearance.
/// With more than 254 levels it is a text, which only tells patients or clusters apart. Missing: empty, NA, or a dot.
class DataSet {
 public:
  DataSet() = default;
  DataSet(DataSet&&) = default;
  DataSet& operator=(DataSet&&) = default;
  /// Takes the table apart; `shape` is of this table.
  DataSet(CsvTable table, DataShape shape, Problems& problems, Warnings& warnings);

  /// The numeric and categorical columns, then those that identify.
  const Columns& columns() const { return columns_; }
  std::size_t rows() const { return shape_.patient.size(); }
  std::size_t patients() const { return shape_.patients; }
  /// The patient of each row, numbered in order of first appearance: the cluster where a patient has several rows.
  std::span<const std::uint32_t> patient_of_row() const { return shape_.patient; }
  /// Looks at this data set, which must stay where it is meanwhile. Patients are the rows.
  Cohort cohort() const { return {columns_, rows(), number_spans_, category_spans_}; }

  // By position in columns().
  std::optional<std::size_t> find(const std::string& name) const;
  const std::string& name(std::size_t position) const { return shape_.columns[position].name; }
  bool is_number(std::size_t position) const {
    return columns_[position].kind == ColumnKind::number && !columns_[position].identifies;
  }
  std::span<const double> numbers(std::size_t position) const { return number_spans_[position]; }
  /// As it stands in the file; empty where the file has no row for it.
  std::string_view text(std::size_t position, std::size_t row) const;
  Place place(std::size_t position, std::size_t row) const;
  Place header_place(std::size_t position) const { return table_.header_place(shape_.columns[position].source); }
  Place start() const { return table_.start(); }

  /// Refuses, each with its place, the texts of a column that should have numbers; `accepted` says which.
  void list_texts(std::size_t position, const std::string& accepted, MistakeList& mistakes) const;
  /// Does so for the numeric columns that a plan uses (one flag a column): they may have a few texts.
  void refuse_texts(std::span<const std::uint8_t> needed, Problems& problems) const;

 private:
  CsvTable table_;
  DataShape shape_;  // its columns in the order of positions
  Columns columns_;
  std::vector<std::vector<double>> numbers_;
  std::vector<std::vector<std::uint8_t>> categories_;
  std::vector<std::span<double>> number_spans_;
  std::vector<std::span<std::uint8_t>> category_spans_;
  std::vector<std::uint8_t> has_texts_;  // of each numeric column
};

/// Reads a CSV file of patients. With problems the data set is empty.
DataSet read_data(const std::filesystem::path& file, const DataOptions& options, Problems& problems,
                  Warnings& warnings);
/// The same from text; `name` stands for the file in messages.
DataSet parse_data(std::string text, const std::string& name, const DataOptions& options, Problems& problems,
                   Warnings& warnings);

}  // namespace oligosim

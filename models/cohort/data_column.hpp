#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/io/csv_reader.hpp"

namespace oligosim {

inline constexpr std::uint32_t no_row = UINT32_MAX;
inline constexpr std::size_t most_levels = 254;
inline constexpr std::size_t most_known_values = 20;

/// What the fields of one column amount to.
struct DataColumn {
  enum class Kind { number, category, text };
  Kind kind = Kind::number;
  std::vector<double> numbers;      // of a number: NaN where missing or a text; of a text: equal where these are
  std::vector<std::uint8_t> codes;  // of a category
  std::vector<std::string> levels;  // of a category, in order of first appearance
  std::vector<double> values;       // of a number with at most 20 of them, in order of first appearance
  std::size_t known = 0;            // fields that are not missing
  std::size_t texts = 0;            // of these, texts that are no number
  std::size_t decimal_commas = 0;   // of these, numbers but for a comma
  std::size_t first_text = 0;       // row of the first of them

  bool few_texts() const { return texts > 0 && texts * 10 <= known; }
  bool mostly_numbers() const { return texts * 2 < known; }
};

/// Reads column `source` of the table; row i of the result is row rows[i] of the table, missing where no_row.
/// All known fields numbers: a number. More than 20 different numbers and at most a tenth texts: a number too, so that
/// whoever uses the column is told of the texts. Else a category; where that has more than 254 levels, a number if most
/// are numbers, and otherwise a text.
DataColumn read_column(const CsvTable& table, std::size_t source, std::span<const std::uint32_t> rows);

}  // namespace oligosim

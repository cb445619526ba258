#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/memory/arena.hpp"

namespace oligosim {

enum class ColumnKind { number, category };

/// A column of a data set, real or simulated.
struct ColumnInfo {
  std::string name;
  ColumnKind kind = ColumnKind::number;
  std::vector<std::string> levels;  // of a category, in order; the codes are positions in it
  std::vector<double> values;       // of a number that takes only these (strata may use it); else empty
  std::string unit;                 // "days", "cm", "0/1" ...
  std::string meaning;
  bool identifies = false;          // a file's texts of more than 254 kinds: numbers that are equal where these are
  std::string texts_among_numbers;  // of a file's category that is numbers but for some texts: which, and where
};

inline constexpr std::uint8_t missing_category = 255;

/// The columns of a data set by name.
class Columns {
 public:
  /// Position of the new column. Names are unique.
  std::size_t add(ColumnInfo column);
  std::optional<std::size_t> find(const std::string& name) const;
  const ColumnInfo& operator[](std::size_t position) const { return columns_[position]; }
  std::size_t size() const { return columns_.size(); }
  /// Of all but those that identify.
  std::vector<std::string> names() const;
  std::vector<std::string> names_and_identifiers() const;

 private:
  std::vector<ColumnInfo> columns_;
};

/// Patients as columns (structure of arrays). A missing number is NaN, a missing category 255. A column that nobody
/// needs has an empty span, and whoever fills the cohort leaves it out.
class Cohort {
 public:
  /// Takes memory for the columns with needed[position] (an empty `needed`: for all).
  Cohort(const Columns& columns, std::size_t patients, std::span<const std::uint8_t> needed, Arena& arena);
  /// `base` with further columns: the first of `columns` are its own and share its memory.
  Cohort(const Columns& columns, const Cohort& base, std::span<const std::uint8_t> needed, Arena& arena);

  /// Looks at columns that live elsewhere: one span a column in each list, empty where the column is of the other kind.
  Cohort(const Columns& columns, std::size_t patients, std::span<const std::span<double>> numbers,
         std::span<const std::span<std::uint8_t>> categories)
      : columns_(&columns), patients_(patients), numbers_(numbers), categories_(categories) {}

  std::size_t patients() const { return patients_; }
  const Columns& columns() const { return *columns_; }
  std::span<double> numbers(std::size_t position) const { return numbers_[position]; }
  std::span<std::uint8_t> categories(std::size_t position) const { return categories_[position]; }

 private:
  const Columns* columns_;
  std::size_t patients_;
  std::span<const std::span<double>> numbers_;
  std::span<const std::span<std::uint8_t>> categories_;
};

}  // namespace oligosim

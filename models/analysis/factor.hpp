#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/io/config.hpp"
#include "models/cohort/cohort.hpp"

namespace oligosim {

/// A column as groups: its levels in order (the first is the reference) and the code of each patient.
class Factor {
 public:
  /// `levels`: labels in the wanted order; empty: the column's own. Values in no level are missing.
  Factor(const Columns& columns, std::size_t column, const std::vector<std::string>& levels);

  std::size_t column() const { return column_; }
  const std::vector<std::string>& levels() const { return levels_; }
  bool operator==(const Factor& other) const = default;

  /// Codes 0 ... levels - 1, or missing_category, one a row.
  void codes(const Cohort& cohort, std::span<std::uint8_t> out) const;

 private:
  std::size_t column_;
  ColumnKind kind_;
  std::vector<std::string> levels_;
  std::vector<double> values_;         // of a number column, one a level
  std::vector<std::uint8_t> code_of_;  // of a category column: its own code -> code here
};

/// Of whom an entry of the plan uses a factor: positions in PlanParts.
struct FactorUse {
  std::size_t factor, population;
  bool operator==(const FactorUse& other) const = default;
};

/// The labels that a column has by itself: levels of a category, known values of a number; empty if not known.
std::vector<std::string> own_levels(const ColumnInfo& column);

}  // namespace oligosim

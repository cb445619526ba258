#pragma once

#include <string>

#include "engine/io/number.hpp"
#include "models/cohort/data_set.hpp"

namespace oligosim {

// Where and how checks of a plan's data tell what they find. A derived column has no place of its own in the file.

/// The header of a column by name; of a derived one the start of the file.
inline Place header_of(const DataSet& data, const std::string& name) {
  const std::optional<std::size_t> own = data.find(name);
  return own ? data.header_place(*own) : data.start();
}

/// A row's cell in a column of the plan; of a derived one the row's first.
inline Place cell_of(const DataSet& data, std::size_t column, std::size_t row) {
  return data.place(column < data.columns().size() ? column : 0, row);
}

inline std::string before_start(double date) { return shortest(date) + " is before the start (a date of at least 0)"; }

inline std::string rows_text(std::size_t rows) { return std::to_string(rows) + (rows == 1 ? " row" : " rows"); }

}  // namespace oligosim

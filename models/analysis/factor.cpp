#include "models/analysis/factor.hpp"

#include <algorithm>
#include <cstdlib>

#include "engine/io/number.hpp"

namespace oligosim {

std::vector<std::string> own_levels(const ColumnInfo& column) {
  if (column.kind == ColumnKind::category) return column.levels;
  std::vector<std::string> labels;
  for (const double value : column.values) labels.push_back(shortest(value));
  return labels;
}

Factor::Factor(const Columns& columns, std::size_t column, const std::vector<std::string>& levels)
    : column_(column), kind_(columns[column].kind), levels_(levels.empty() ? own_levels(columns[column]) : levels) {
  const ColumnInfo& info = columns[column];
  if (kind_ == ColumnKind::number) {
    for (const std::string& label : levels_) values_.push_back(std::strtod(label.c_str(), nullptr));
    return;
  }
  for (const std::string& own : info.levels) {
    const auto found = std::find(levels_.begin(), levels_.end(), own);
    code_of_.push_back(found == levels_.end() ? missing_category : static_cast<std::uint8_t>(found - levels_.begin()));
  }
  code_of_.resize(missing_category + 1, missing_category);
}

void Factor::codes(const Cohort& cohort, std::span<std::uint8_t> out) const {
  if (kind_ == ColumnKind::category) {
    const std::span<const std::uint8_t> own = cohort.categories(column_);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = code_of_[own[i]];
    return;
  }
  const std::span<const double> numbers = cohort.numbers(column_);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto found = std::find(values_.begin(), values_.end(), numbers[i]);
    out[i] = found == values_.end() ? missing_category : static_cast<std::uint8_t>(found - values_.begin());
  }
}

}  // namespace oligosim

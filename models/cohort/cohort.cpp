#include "models/cohort/cohort.hpp"

#include <algorithm>
#include <utility>

namespace oligosim {

std::size_t Columns::add(ColumnInfo column) {
  columns_.push_back(std::move(column));
  return columns_.size() - 1;
}

std::optional<std::size_t> Columns::find(const std::string& name) const {
  const auto found =
      std::find_if(columns_.begin(), columns_.end(), [&](const ColumnInfo& c) { return c.name == name; });
  if (found == columns_.end()) return {};
  return static_cast<std::size_t>(found - columns_.begin());
}

std::vector<std::string> Columns::names() const {
  std::vector<std::string> all;
  for (const ColumnInfo& c : columns_) all.push_back(c.name);
  return all;
}

Cohort::Cohort(const Columns& columns, std::size_t patients, std::span<const std::uint8_t> needed, Arena& arena)
    : columns_(&columns),
      patients_(patients),
      numbers_(arena.take<std::span<double>>(columns.size(), std::span<double>{})),
      categories_(arena.take<std::span<std::uint8_t>>(columns.size(), std::span<std::uint8_t>{})) {
  for (std::size_t position = 0; position < columns.size(); ++position) {
    if (!needed.empty() && !needed[position]) continue;
    if (columns[position].kind == ColumnKind::number) {
      numbers_[position] = arena.take<double>(patients);
    } else {
      categories_[position] = arena.take<std::uint8_t>(patients);
    }
  }
}

}  // namespace oligosim

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
  for (const ColumnInfo& c : columns_)
    if (!c.identifies) all.push_back(c.name);
  return all;
}

std::vector<std::string> Columns::names_and_identifiers() const {
  std::vector<std::string> all;
  for (const ColumnInfo& c : columns_) all.push_back(c.name);
  return all;
}

namespace {

// The columns that are there, then room for those of this kind that are needed.
template <class T>
std::span<const std::span<T>> with_room(std::span<const std::span<T>> there, ColumnKind kind, const Columns& columns,
                                        std::size_t patients, std::span<const std::uint8_t> needed, Arena& arena) {
  const auto all = arena.take<std::span<T>>(columns.size(), std::span<T>{});
  std::copy(there.begin(), there.end(), all.begin());
  for (std::size_t position = there.size(); position < columns.size(); ++position)
    if ((needed.empty() || needed[position]) && columns[position].kind == kind) all[position] = arena.take<T>(patients);
  return all;
}

}  // namespace

Cohort::Cohort(const Columns& columns, std::size_t patients, std::span<const std::uint8_t> needed, Arena& arena)
    : columns_(&columns),
      patients_(patients),
      numbers_(with_room<double>({}, ColumnKind::number, columns, patients, needed, arena)),
      categories_(with_room<std::uint8_t>({}, ColumnKind::category, columns, patients, needed, arena)) {}

Cohort::Cohort(const Columns& columns, const Cohort& base, std::span<const std::uint8_t> needed, Arena& arena)
    : columns_(&columns),
      patients_(base.patients_),
      numbers_(with_room<double>(base.numbers_, ColumnKind::number, columns, patients_, needed, arena)),
      categories_(with_room<std::uint8_t>(base.categories_, ColumnKind::category, columns, patients_, needed, arena)) {}

}  // namespace oligosim

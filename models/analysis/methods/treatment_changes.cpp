#include "models/analysis/methods/treatment_changes.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace oligosim {

std::optional<std::size_t> optional_column(ConfigNode& entry, PlanReader& reader, const char* key) {
  entry.accept(key);
  return entry.has(key) ? std::optional(reader.number_column(entry, key)) : std::nullopt;
}

TreatmentChanges::TreatmentChanges(ConfigNode& entry, PlanReader& reader)
    : from_(reader.number_column(entry, "treated_from")), until_(optional_column(entry, reader, "treated_until")) {}

TreatmentChanges::Dated TreatmentChanges::dated(const SurvivalTable& table, std::size_t endpoint,
                                                std::span<const std::uint8_t> group, std::optional<std::size_t> other,
                                                PlanData& data, Arena& arena) const {
  const std::size_t n = table.size();
  std::vector<std::size_t> columns{from_, until_.value_or(from_)};
  if (other) columns.push_back(*other);
  const std::span<double> all = times_and_dates(table, endpoint, columns, data, arena);
  const std::span<const double> from = all.subspan(n, n), until = all.subspan(2 * n, n);
  const std::span<double> change = arena.take<double>(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double date = group[i] == 0 ? from[i] : until_ ? until[i] : missing;
    change[i] = std::isnan(date) ? std::numeric_limits<double>::infinity() : date;
  }
  return {all.first(n), change, other ? std::span<const double>(all.last(n)) : std::span<const double>{}};
}

}  // namespace oligosim

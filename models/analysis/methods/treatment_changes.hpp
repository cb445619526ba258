#pragma once

#include <optional>
#include <span>

#include "models/analysis/dates.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {

/// When patients of two groups change treatment for that of the other group.
class TreatmentChanges {
 public:
  /// Reads `treated_from` and, if there, `treated_until`.
  TreatmentChanges(ConfigNode& entry, PlanReader& reader);

  /// Times of a table's rows with the dates of these changes, as times_and_dates() counts them; infinity: never.
  struct Dated {
    std::span<const double> time, change;
    std::span<const double> other;  // the dates in one column more, NaN where missing; empty without
  };
  /// `group`: 0 or 1 of each row; `other`: a column.
  Dated dated(const SurvivalTable& table, std::size_t endpoint, std::span<const std::uint8_t> group,
              std::optional<std::size_t> other, PlanData& data, Arena& arena) const;

 private:
  std::size_t from_;
  std::optional<std::size_t> until_;
};

/// A numeric column under a key that may be absent.
std::optional<std::size_t> optional_column(ConfigNode& entry, PlanReader& reader, const char* key);

}  // namespace oligosim

#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/analysis/dates.hpp"
#include "models/analysis/methods/patient_groups.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {

/// A further date that an analysis of changes of treatment reads.
enum class FurtherDate { eligible_at, recensor_at };

/// An endpoint of two groups whose patients may change treatment for that of the other one.
class TreatmentChanges {
 public:
  /// Reads `endpoint`, which may not be counted from a landmark: treatment may have changed before; `population`, `by`,
  /// `treated_from`, `treated_until` and the further date. All but the first date and the groups may be absent.
  TreatmentChanges(ConfigNode& entry, PlanReader& reader, FurtherDate further);

  std::size_t endpoint() const { return dates_.endpoint; }
  const PatientGroups& groups() const { return groups_; }
  std::size_t factor() const { return dates_.factor; }
  /// The column of the further date, or none.
  std::span<const std::size_t> further() const { return std::span(columns_).subspan(2); }

  /// Times of a table's rows with the dates of these changes, as times_and_dates() counts them; infinity: never.
  struct Dated {
    std::span<const double> time, change;
    std::span<const double> further;  // NaN where missing; empty without the column
  };
  /// `group`: 0 or 1 of each row.
  Dated dated(const SurvivalTable& table, std::span<const std::uint8_t> group, PlanData& data, Arena& arena) const;

 private:
  PatientGroups groups_;
  SwitchingDates dates_;
  std::vector<std::size_t> columns_;  // of the changes in the first group and in the second, and of the further date
};

}  // namespace oligosim

#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/analysis/analysis.hpp"
#include "models/analysis/plan_reader.hpp"

namespace oligosim {

/// The patients of an analysis: those of its population, all together or by the levels of a column.
class PatientGroups {
 public:
  /// Reads `population` and `by`.
  PatientGroups(ConfigNode& entry, PlanReader& reader);

  /// One name a group; one empty name without `by`.
  const std::vector<std::string>& names() const { return names_; }
  /// For a figure: the name, "all" without `by`.
  std::string title(std::size_t group) const { return by_ ? names_[group] : "all"; }
  std::size_t count() const { return names_.size(); }
  std::size_t population() const { return population_; }
  /// Name of the column under `by`; empty without.
  const std::string& by() const { return by_name_; }
  std::optional<std::size_t> factor() const { return by_; }
  /// COLUMN=LEVEL of the group that is compared with the first; empty where there are not two, a problem already.
  std::string compared() const { return count() == 2 ? by_name_ + "=" + names_.back() : ""; }

  /// What an analysis that compares their curves of an endpoint rests on.
  CensoredInput input(std::size_t endpoint, bool clustered = false) const;
  /// The part of an endpoint's table in one group.
  SurvivalTable table(std::size_t endpoint, std::size_t group, PlanData& data, Arena& arena) const;
  /// The group of each row; missing_category outside the population and where the column is missing.
  std::span<const std::uint8_t> codes(PlanData& data, Arena& arena) const;

 private:
  std::size_t population_;
  std::optional<std::size_t> by_;
  std::string by_name_;
  std::vector<std::string> names_;
};

/// The same for a method that compares two groups: `by` must be there and have two levels, else it is a problem.
PatientGroups two_patient_groups(ConfigNode& entry, PlanReader& reader);

}  // namespace oligosim

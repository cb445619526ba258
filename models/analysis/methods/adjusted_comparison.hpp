#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/statistics/propensity_weights.hpp"
#include "models/analysis/methods/model_terms.hpp"
#include "models/analysis/methods/patient_groups.hpp"

namespace oligosim {

/// Two groups that were not randomized, the covariates in which they may differ, and whom the comparison is to speak
/// of.
class AdjustedComparison {
 public:
  /// Reads `endpoint`, `population`, `by`, `terms` and `target`: `all`, one of the two groups or, if `with_overlap`,
  /// `overlap`.
  AdjustedComparison(ConfigNode& entry, PlanReader& reader, bool with_overlap);

  std::size_t endpoint() const { return endpoint_; }
  std::size_t population() const { return groups_.population(); }
  const PatientGroups& groups() const { return groups_; }
  std::size_t columns() const { return terms_.columns(); }
  TargetPopulation target() const { return target_; }

  /// The patients whose group and covariates are known.
  SurvivalTable table(PlanData& data, Arena& arena) const;
  /// Of these, in table order: 0 the first group, 1 the second.
  std::span<const std::uint8_t> group(const SurvivalTable& table, PlanData& data, Arena& arena) const;
  /// The same, column by column.
  std::span<const double> covariates(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    return terms_.matrix(table.row, {}, data, arena);
  }

 private:
  std::size_t endpoint_;
  PatientGroups groups_;
  ModelTerms terms_;
  std::vector<std::size_t> factors_;  // of the terms, and the group
  TargetPopulation target_ = TargetPopulation::all;
};

}  // namespace oligosim

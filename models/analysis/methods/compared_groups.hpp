#pragma once

#include <optional>
#include <string>

#include "models/analysis/plan_reader.hpp"
#include "models/analysis/subjects.hpp"

namespace oligosim {

/// The groups that a test compares, within strata where there are some: reads `population`, `by`, which has to be
/// there, and `strata`.
class ComparedGroups {
 public:
  ComparedGroups(ConfigNode& entry, PlanReader& reader) : population_(reader.population(entry)) {
    if (!entry.has("by")) entry.problem("by", "missing (the column whose groups are compared)");
    factor_ = reader.by(entry).value_or(0);
    strata_ = reader.strata(entry);
    if (factor_ >= reader.parts().factors.size()) return;
    const Factor& factor = reader.parts().factors[factor_];
    column_ = reader.columns()[factor.column()].name;
    levels_ = factor.levels();
  }

  std::size_t population() const { return population_; }
  std::size_t factor() const { return factor_; }
  bool stratified() const { return strata_.has_value(); }
  /// Name of the column under `by`, and its levels; empty where that is a problem.
  const std::string& column() const { return column_; }
  const std::vector<std::string>& levels() const { return levels_; }

  /// The label of the test's number: `parameter` of the groups.
  EstimateLabel label(ConfigNode& entry, const PlanReader& reader, const std::string& method, std::size_t endpoint,
                      const std::string& parameter) const {
    EstimateLabel label = reader.label(entry, method, endpoint, population_);
    label.parameter = parameter;
    label.term = column_;
    label.two_groups = levels_.size() == 2;
    label.tested = true;
    label.estimated = false;
    return label;
  }

  /// The part of an endpoint's table whose group and strata are known.
  SurvivalTable table(std::size_t endpoint, PlanData& data, Arena& arena) const {
    return complete_cases(data.table(endpoint, population_), data, {&factor_, 1}, {}, strata_, arena);
  }
  Grouping grouping(const SurvivalTable& table, PlanData& data, Arena& arena) const {
    return grouping_of(table, data, factor_, strata_, arena);
  }

 private:
  std::size_t population_, factor_ = 0;
  std::optional<std::size_t> strata_;
  std::string column_;
  std::vector<std::string> levels_;
};

}  // namespace oligosim

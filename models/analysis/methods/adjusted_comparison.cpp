#include "models/analysis/methods/adjusted_comparison.hpp"

#include <algorithm>

#include "models/analysis/subjects.hpp"

namespace oligosim {

AdjustedComparison::AdjustedComparison(ConfigNode& entry, PlanReader& reader, bool with_overlap)
    : endpoint_(reader.endpoint(entry)), groups_(two_patient_groups(entry, reader)), terms_(entry, reader) {
  if (std::ranges::count(terms_.terms(), groups_.by()) > 0)
    entry.problem("terms", "'" + groups_.by() + "' is what is compared (covariates in which the groups differ)");
  factors_ = terms_.factors();
  if (groups_.factor()) factors_.push_back(*groups_.factor());
  std::vector<std::string> accepted = {"all"};
  if (groups_.count() == 2) accepted.insert(accepted.end(), groups_.names().begin(), groups_.names().end());
  if (with_overlap) accepted.emplace_back("overlap");
  const std::string chosen = entry.one_of("target", accepted, "target population", "all");
  constexpr TargetPopulation targets[] = {TargetPopulation::all, TargetPopulation::first_group,
                                          TargetPopulation::second_group, TargetPopulation::overlap};
  if (groups_.count() != 2) return;  // a problem already
  target_ = targets[std::ranges::find(accepted, chosen) - accepted.begin()];
}

SurvivalTable AdjustedComparison::table(PlanData& data, Arena& arena) const {
  return complete_cases(data.table(endpoint_, population()), data, factors_, terms_.numbers(), {}, arena);
}

std::span<const std::uint8_t> AdjustedComparison::group(const SurvivalTable& table, PlanData& data,
                                                        Arena& arena) const {
  return table_codes(table, data, *groups_.factor(), arena);
}

}  // namespace oligosim

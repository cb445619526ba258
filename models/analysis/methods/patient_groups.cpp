#include "models/analysis/methods/patient_groups.hpp"

#include <algorithm>

#include "models/analysis/subjects.hpp"

namespace oligosim {

PatientGroups::PatientGroups(ConfigNode& entry, PlanReader& reader)
    : population_(reader.population(entry)), by_(reader.by(entry)), names_{""} {
  if (!by_) return;
  const Factor& factor = reader.parts().factors[*by_];
  by_name_ = reader.columns()[factor.column()].name;
  names_ = factor.levels();
}

CensoredInput PatientGroups::input(std::size_t endpoint, bool clustered) const {
  CensoredInput input{
      .endpoint = endpoint, .population = population_, .factors = {}, .numbers = {}, .clustered = clustered};
  if (by_) input.factors = {*by_};
  return input;
}

SurvivalTable PatientGroups::table(std::size_t endpoint, std::size_t group, PlanData& data, Arena& arena) const {
  const SurvivalTable& all = data.table(endpoint, population_);
  return by_ ? filter_group(all, data, *by_, group, arena) : all;
}

std::span<const std::uint8_t> PatientGroups::codes(PlanData& data, Arena& arena) const {
  const std::span<const std::uint8_t> members = data.members(population_);
  const std::span<std::uint8_t> codes = arena.take<std::uint8_t>(members.size(), std::uint8_t{0});
  if (by_) {
    const std::span<const std::uint8_t> own = data.codes(*by_);
    std::copy(own.begin(), own.end(), codes.begin());
  }
  for (std::size_t i = 0; i < codes.size(); ++i)
    if (!members[i]) codes[i] = missing_category;
  return codes;
}

PatientGroups two_patient_groups(ConfigNode& entry, PlanReader& reader) {
  if (!entry.has("by")) entry.problem("by", "missing (the column whose two groups are compared)");
  PatientGroups groups(entry, reader);
  if (entry.has("by") && groups.count() != 2)
    entry.problem("by", "'" + groups.by() + "' has " + std::to_string(groups.count()) +
                            " levels (two: say which, levels: [A, B])");
  return groups;
}

}  // namespace oligosim

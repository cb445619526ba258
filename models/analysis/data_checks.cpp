#include "models/analysis/data_checks.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/io/words.hpp"
#include "models/analysis/data_places.hpp"
#include "models/analysis/subjects.hpp"
#include "models/cohort/data_column.hpp"

namespace oligosim {
namespace {

/// The value of a row in words; empty where it is missing.
std::string level_of(const Cohort& cohort, std::size_t column, std::size_t row) {
  const ColumnInfo& info = cohort.columns()[column];
  if (info.kind == ColumnKind::number) {
    const double value = cohort.numbers(column)[row];
    return std::isnan(value) ? "" : shortest(value);
  }
  const std::uint8_t code = cohort.categories(column)[row];
  return code == missing_category ? "" : info.levels[code];
}

/// "51 rows have '2' or '3', ..."; empty where the factor takes in whatever the members of the population have.
std::string left_out(const FactorUse& use, PlanData& data) {
  constexpr std::size_t most = 5;
  const Factor& factor = data.parts().factors[use.factor];
  const Cohort& cohort = data.cohort();
  const std::span<const std::uint8_t> codes = data.codes(use.factor), members = data.members(use.population);
  std::vector<std::string> levels;
  std::size_t rows = 0, others = 0;
  for (std::size_t row = 0; row < codes.size(); ++row) {
    if (codes[row] != missing_category || !members[row]) continue;
    const std::string level = level_of(cohort, factor.column(), row);
    if (level.empty()) continue;
    ++rows;
    if (std::ranges::find(levels, quoted(level)) != levels.end()) continue;
    levels.size() < most ? levels.push_back(quoted(level)) : static_cast<void>(++others);
  }
  if (rows == 0) return "";
  if (others > 0) levels.push_back("others");
  return rows_text(rows) + (rows == 1 ? " has " : " have ") + either(levels) +
         ", which the plan's levels leave out: counted as missing";
}

}  // namespace

void warn_of_levels(const DataSet& data, PlanData& derived, Warnings& warnings) {
  std::vector<std::pair<std::size_t, std::string>> said;
  for (const FactorUse& use : derived.parts().factor_uses) {
    const std::size_t column = derived.parts().factors[use.factor].column();
    const std::string what = left_out(use, derived);
    if (what.empty() || std::ranges::find(said, std::pair(column, what)) != said.end()) continue;
    said.emplace_back(column, what);
    const std::string& name = derived.parts().columns[column].name;
    warnings.add(header_of(data, name), name, what);
  }
}

void warn_of_unseen(const DataSet& data, const PlanData& derived, Warnings& warnings) {
  const Cohort& cohort = derived.cohort();
  std::vector<std::uint8_t> state(cohort.patients());
  const auto warn = [&](std::size_t date, const auto& concerns, const std::string& what) {
    std::size_t rows = 0;
    for (std::size_t row = 0; row < state.size(); ++row)
      rows += concerns(state[row]) && std::isnan(cohort.numbers(date)[row]);
    if (rows == 0) return;
    const std::string& name = derived.parts().columns[date].name;
    warnings.add(header_of(data, name), name, "is missing in " + rows_text(rows) + what);
  };
  for (const SurvivalEndpoint& e : derived.parts().endpoints) {
    if (e.landmark != 0) continue;
    e.states(cohort, state);
    if (e.censored_at)
      warn(
          *e.censored_at, [](std::uint8_t s) { return s == censored_state; },
          " without an event, which endpoint " + e.name + " has censored at time 0");
    if (e.free_at) warn(*e.free_at, is_known, ", which endpoint " + e.name + " takes to be free of it at time 0 alone");
  }
}

void refuse_other_grades(const DataSet& data, const PlanData& derived, Problems& problems) {
  constexpr double worst = 5;
  MistakeList mistakes(problems);
  std::vector<std::size_t> columns = derived.parts().grades;
  std::ranges::sort(columns);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  for (const std::size_t column : columns) {
    const std::string& name = derived.parts().columns[column].name;
    const std::span<const double> grades = derived.cohort().numbers(column);
    for (std::size_t row = 0; row < grades.size(); ++row) {
      const double grade = grades[row];
      if (std::isnan(grade) || (grade >= 0 && grade <= worst && grade == std::floor(grade))) continue;
      mistakes.add(cell_of(data, column, row), name,
                   shortest(grade) + " is not a grade of toxicity (0, 1, 2, 3, 4 or 5)");
    }
  }
  mistakes.finish();
}

void refuse_split_clusters(const DataSet& data, const Plan& plan, PlanData& derived, Problems& problems) {
  MistakeList mistakes(problems);
  std::vector<std::pair<std::size_t, std::size_t>> seen;
  for (const BootstrapSpec* spec : plan.bootstrap_specs()) {
    if (!spec->cluster || !spec->strata) continue;
    const std::pair own{*spec->cluster, *spec->strata};
    if (std::ranges::find(seen, own) != seen.end()) continue;
    seen.push_back(own);
    Arena arena;
    const Clusters clusters = clusters_of_all(derived, own.first, arena);
    const std::span<const std::uint16_t> stratum = derived.stratum(own.second);
    std::vector<std::uint32_t> first(clusters.count, no_row);
    std::vector<std::uint8_t> told(clusters.count, 0);
    const bool in_file = own.first < data.columns().size();
    for (std::uint32_t row = 0; row < clusters.code.size(); ++row) {
      std::uint32_t& of_cluster = first[clusters.code[row]];
      if (of_cluster == no_row) of_cluster = row;
      if (stratum[row] == stratum[of_cluster] || std::exchange(told[clusters.code[row]], 1)) continue;
      const std::string name =
          in_file ? std::string(data.text(own.first, row)) : level_of(derived.cohort(), own.first, row);
      mistakes.add(cell_of(data, own.first, row), derived.parts().columns[own.first].name,
                   quoted(name) +
                       " is in several strata of the bootstrap (strata known of all its rows, which hold whole "
                       "clusters)");
    }
  }
  mistakes.finish();
}

}  // namespace oligosim

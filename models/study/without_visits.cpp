#include "models/study/without_visits.hpp"

#include <algorithm>
#include <set>

namespace oligosim {
namespace {

enum class Column { free_of_visits, dated_by_visits, bound_to_visits };

/// What becomes of each column of a data cut without visits.
std::vector<Column> columns_of(const Trial& trial) {
  const DiseaseModel& disease = trial.disease();
  const Columns& columns = trial.columns();
  std::vector<Column> all(columns.size(), Column::free_of_visits);
  const auto mark = [&](const std::string& name, Column kind) {
    if (const auto column = columns.find(name)) all[*column] = kind;
  };
  const std::shared_ptr<DiseaseModel> watched = disease.without_visits();
  for (std::size_t k = 0; watched && k < disease.endpoints().size(); ++k) {
    if (!disease.endpoints()[k].shown_at_visits()) continue;
    const Column kind = watched->endpoints()[k].shown_at_visits() ? Column::bound_to_visits : Column::dated_by_visits;
    for (const char* part : {"_d", "_e", "_free_d"}) mark(disease.endpoints()[k].name + part, kind);
  }
  for (const Outcome& o : disease.outcomes()) mark(o.name, Column::bound_to_visits);
  for (const Finding& f : disease.findings()) mark(f.column.name, Column::bound_to_visits);
  return all;
}

void add_labels(const Scenario& scenario, std::set<std::size_t>& labels) {
  const Plan& plan = *scenario.plan;
  const std::vector<Column> columns = columns_of(*scenario.trial);
  for (std::size_t a = 0; a < plan.analyses(); ++a) {
    if (plan.of_lesions(a)) continue;
    const std::vector<std::uint8_t> read = plan.columns_read(a);
    const auto any = [&](Column kind) {
      for (std::size_t column = 0; column < columns.size(); ++column)
        if (read[column] && columns[column] == kind) return true;
      return false;
    };
    if (!any(Column::dated_by_visits) || any(Column::bound_to_visits)) continue;
    const Plan::Rows rows = plan.rows(a);
    for (std::size_t k = rows.first; k < rows.first + rows.all; ++k)
      if (plan.labels()[k].estimated && !plan.labels()[k].of_sample) labels.insert(k);
  }
}

}  // namespace

void find_labels_without_visits(std::span<Scenario> scenarios) {
  std::set<std::size_t> labels;
  for (const Scenario& scenario : scenarios) add_labels(scenario, labels);
  for (Scenario& scenario : scenarios) scenario.also_without_visits.assign(labels.begin(), labels.end());
}

std::vector<EstimateLabel> labels_with_truths(const Scenario& scenario) {
  std::vector<EstimateLabel> labels = scenario.plan->labels();
  for (const std::size_t k : scenario.also_without_visits) {
    labels.push_back(scenario.plan->labels()[k]);
    labels.back().parameter += without_visits_suffix;
  }
  return labels;
}

}  // namespace oligosim

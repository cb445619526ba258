#include <cmath>

#include "engine/io/csv.hpp"
#include "engine/io/json.hpp"
#include "models/study/summary.hpp"

namespace oligosim {

std::string summary_csv(std::span<const SummaryRow> rows) {
  CsvWriter csv({"scenario", "look",      "analysis", "method",       "endpoint",  "population", "group",
                 "term",     "parameter", "at",       "interval",     "metric",    "threshold",  "value",
                 "mcse",     "lower",     "upper",    "n_replicates", "n_missing", "truth"});
  const auto optional = [&csv](double x) { std::isnan(x) ? csv.field(std::string_view{}) : csv.field(x); };
  for (const SummaryRow& r : rows) {
    for (const std::string& text : {r.scenario, r.look, r.label.analysis, r.label.method, r.label.endpoint,
                                    r.label.population, r.label.group, r.label.term, r.label.parameter})
      csv.field(std::string_view(text));
    optional(r.label.at);
    csv.field(std::string_view(r.label.interval)).field(std::string_view(r.metric));
    optional(r.threshold);
    csv.field(r.measure.value).field(r.measure.mcse).field(r.measure.lower).field(r.measure.upper);
    csv.field(static_cast<long long>(r.measure.n_replicates)).field(static_cast<long long>(r.measure.n_missing));
    csv.field(r.truth).end_row();
  }
  return csv.text();
}

std::string summary_json(std::span<const SummaryRow> rows) {
  Json all = Json::array();
  for (const SummaryRow& r : rows) {
    all.push_back({{"scenario", r.scenario},
                   {"look", r.look},
                   {"analysis", r.label.analysis},
                   {"method", r.label.method},
                   {"endpoint", r.label.endpoint},
                   {"population", r.label.population},
                   {"group", r.label.group},
                   {"term", r.label.term},
                   {"parameter", r.label.parameter},
                   {"at", json_number(r.label.at)},
                   {"interval", r.label.interval},
                   {"metric", r.metric},
                   {"threshold", json_number(r.threshold)},
                   {"value", json_number(r.measure.value)},
                   {"mcse", json_number(r.measure.mcse)},
                   {"lower", json_number(r.measure.lower)},
                   {"upper", json_number(r.measure.upper)},
                   {"n_replicates", r.measure.n_replicates},
                   {"n_missing", r.measure.n_missing},
                   {"truth", json_number(r.truth)}});
  }
  return all.dump(1) + "\n";
}

}  // namespace oligosim

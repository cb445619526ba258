#include "models/analysis/estimates_csv.hpp"

#include <cmath>

namespace oligosim {
namespace {

void add_row(CsvWriter& csv, const EstimateLabel& l, const Estimate& e) {
  for (const std::string* text : {&l.analysis, &l.method, &l.endpoint, &l.population, &l.group, &l.term, &l.parameter})
    csv.field(std::string_view(*text));
  std::isnan(l.at) ? csv.field(std::string_view{}) : csv.field(l.at);
  csv.field(std::string_view(l.interval));
  for (const double value :
       {e.estimate, e.standard_error, e.lower, e.upper, e.statistic, e.df, e.p_value, e.n, e.n_events})
    csv.field(value);
  csv.field(name(e.status)).end_row();
}

}  // namespace

std::string estimates_csv(std::span<const EstimateLabel> labels, std::span<const Estimate> estimates) {
  CsvWriter csv({"analysis", "method", "endpoint", "population", "group", "term", "parameter", "at", "interval",
                 "estimate", "standard_error", "lower", "upper", "statistic", "df", "p_value", "n", "n_events",
                 "status"});
  for (std::size_t k = 0; k < labels.size(); ++k) add_row(csv, labels[k], estimates[k]);
  return csv.text();
}

CsvWriter simulated_estimates_header() {
  return CsvWriter({"scenario", "replicate", "look",      "analysis", "method",   "endpoint", "population",
                    "group",    "term",      "parameter", "at",       "interval", "estimate", "standard_error",
                    "lower",    "upper",     "statistic", "df",       "p_value",  "n",        "n_events",
                    "status"});
}

void add_estimates(CsvWriter& csv, const SimulatedTrial& trial, std::span<const EstimateLabel> labels,
                   std::span<const Estimate> estimates) {
  for (std::size_t k = 0; k < labels.size(); ++k) {
    csv.field(std::string_view(trial.scenario))
        .field(static_cast<long long>(trial.replicate))
        .field(static_cast<long long>(trial.look));
    add_row(csv, labels[k], estimates[k]);
  }
}

}  // namespace oligosim

#include "models/stress/published_proportion.hpp"

#include <algorithm>
#include <set>

#include "engine/io/csv.hpp"
#include "models/analysis/methods/proportion_intervals.hpp"

namespace oligosim {
namespace {

constexpr double level = 0.95;
constexpr int grid_steps = 200;

IntervalOfProportion interval_of(const PublishedProportion& proportion, const Choice<ProportionInterval>& kind,
                                 const std::vector<double>& grid) {
  const auto responses = static_cast<double>(proportion.responses);
  const std::size_t n = proportion.patients;
  const Estimate e = ::oligosim::proportion(responses, static_cast<double>(n), kind.value, level);
  IntervalOfProportion own{.kind = kind.name,
                           .lower = e.lower,
                           .upper = e.upper,
                           .as_printed = proportion_coverage(n, e.estimate, kind.value, level),
                           .over_grid = proportion_coverage(n, grid, kind.value, level)};
  own.least = 1, own.mean = 0;
  for (std::size_t k = 0; k < grid.size(); ++k) {
    const double here = own.over_grid[k].coverage;
    own.mean += here / static_cast<double>(grid.size());
    if (here < own.least) own.least = here, own.least_at = grid[k];
  }
  return own;
}

}  // namespace

PublishedProportion read_published_proportion(ConfigNode node, const std::string& name) {
  PublishedProportion own{.name = name, .what = node.text("what"), .source = node.text("source", "")};
  own.responses = static_cast<std::size_t>(node.integer("responses", Range::between(0, 2000)));
  own.patients = static_cast<std::size_t>(node.integer("patients", Range::between(1, 2000)));
  if (own.responses > own.patients) node.problem("responses", "are more than the patients");
  node.finish();
  return own;
}

std::vector<double> coverage_grid() {
  std::vector<double> grid;
  for (int k = 1; k < grid_steps; ++k) grid.push_back(static_cast<double>(k) / grid_steps);
  return grid;
}

std::vector<IntervalOfProportion> intervals_of(const PublishedProportion& proportion) {
  const std::vector<double> grid = coverage_grid();
  std::vector<IntervalOfProportion> all;
  for (const Choice<ProportionInterval>& kind : proportion_intervals)
    all.push_back(interval_of(proportion, kind, grid));
  return all;
}

std::vector<ProportionResult> results_of(const std::vector<PublishedProportion>& proportions) {
  std::vector<ProportionResult> results;
  for (const PublishedProportion& p : proportions) results.push_back({p, intervals_of(p)});
  return results;
}

std::string proportions_csv(const std::vector<ProportionResult>& results) {
  CsvWriter csv({"proportion", "patients", "responses", "interval", "lower", "upper", "coverage", "miss_below",
                 "miss_above", "least_coverage", "least_at", "mean_coverage"});
  for (const auto& [p, intervals] : results)
    for (const IntervalOfProportion& i : intervals) {
      csv.field(p.name).field(static_cast<long long>(p.patients)).field(static_cast<long long>(p.responses));
      csv.field(i.kind);
      for (const double x : {i.lower, i.upper, i.as_printed.coverage, i.as_printed.miss_below, i.as_printed.miss_above,
                             i.least, i.least_at, i.mean})
        csv.field(x);
      csv.end_row();
    }
  return csv.text();
}

std::string proportion_coverage_csv(const std::vector<ProportionResult>& results) {
  CsvWriter csv({"patients", "interval", "probability", "coverage", "miss_below", "miss_above"});
  const std::vector<double> grid = coverage_grid();
  std::set<std::size_t> told;
  for (const auto& [p, intervals] : results) {
    if (!told.insert(p.patients).second) continue;
    for (const IntervalOfProportion& i : intervals)
      for (std::size_t k = 0; k < grid.size(); ++k) {
        csv.field(static_cast<long long>(p.patients)).field(i.kind).field(grid[k]);
        csv.field(i.over_grid[k].coverage).field(i.over_grid[k].miss_below).field(i.over_grid[k].miss_above).end_row();
      }
  }
  return csv.text();
}

}  // namespace oligosim

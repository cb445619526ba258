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
  const auto responses = static_cast<double>(proportion.responses), n = static_cast<double>(proportion.patients);
  const auto coverage = [&](double truth) {
    return proportion_coverage(proportion.patients, truth, kind.value, level);
  };
  const Estimate e = ::oligosim::proportion(responses, n, kind.value, level);
  IntervalOfProportion own{.kind = kind.name, .lower = e.lower, .upper = e.upper, .as_printed = coverage(e.estimate)};
  own.least = 1, own.mean = 0;
  for (const double truth : grid) {
    own.over_grid.push_back(coverage(truth));
    const double here = own.over_grid.back().coverage;
    own.mean += here / static_cast<double>(grid.size());
    if (here < own.least) own.least = here, own.least_at = truth;
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

std::string proportions_csv(const std::vector<PublishedProportion>& proportions) {
  CsvWriter csv({"proportion", "patients", "responses", "interval", "lower", "upper", "coverage", "miss_below",
                 "miss_above", "least_coverage", "least_at", "mean_coverage"});
  for (const PublishedProportion& p : proportions)
    for (const IntervalOfProportion& i : intervals_of(p)) {
      csv.field(p.name).field(static_cast<long long>(p.patients)).field(static_cast<long long>(p.responses));
      csv.field(i.kind);
      for (const double x : {i.lower, i.upper, i.as_printed.coverage, i.as_printed.miss_below, i.as_printed.miss_above,
                             i.least, i.least_at, i.mean})
        csv.field(x);
      csv.end_row();
    }
  return csv.text();
}

std::string proportion_coverage_csv(const std::vector<PublishedProportion>& proportions) {
  CsvWriter csv({"patients", "interval", "probability", "coverage", "miss_below", "miss_above"});
  const std::vector<double> grid = coverage_grid();
  std::set<std::size_t> told;
  for (const PublishedProportion& p : proportions) {
    if (!told.insert(p.patients).second) continue;
    for (const IntervalOfProportion& i : intervals_of(p))
      for (std::size_t k = 0; k < grid.size(); ++k) {
        csv.field(static_cast<long long>(p.patients)).field(i.kind).field(grid[k]);
        csv.field(i.over_grid[k].coverage).field(i.over_grid[k].miss_below).field(i.over_grid[k].miss_above).end_row();
      }
  }
  return csv.text();
}

}  // namespace oligosim

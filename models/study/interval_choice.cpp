#include "models/study/interval_choice.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/csv.hpp"
#include "engine/statistics/sequential/staged_coverage.hpp"
#include "models/analysis/methods/proportion_intervals.hpp"
#include "models/study/page/estimate_rows.hpp"

namespace oligosim {
namespace {

constexpr double tolerance = 0.01;         // of the coverage
constexpr double fewest_intervals = 0.99;  // share of the replicates that give one

double share_lost(const Measure& m) {
  return static_cast<double>(m.n_missing) / static_cast<double>(m.n_missing + m.n_replicates);
}

/// Nothing where trials end with numbers of patients that another analysis decides on.
std::optional<ProportionCoverage> enumerated(const EstimateLabel& label, const Scenario& scenario, double truth) {
  if (label.method != "proportion" || !label.group.empty() || !label.population.empty()) return {};
  if (!scenario.draws.empty()) return {};  // the truth is another in each draw
  const Design& design = *scenario.design;
  const bool counted = design.binomial() && label.analysis == design.primary();
  if (design.looks().size() > 1 && !counted) return {};
  const double confidence = scenario.plan->parts().confidence;
  for (const auto& known : proportion_intervals) {
    if (known.name != label.interval) continue;
    if (counted) return proportion_coverage(design.binomial()->stages, truth, known.value, confidence);
    return proportion_coverage(scenario.trial->patients(), truth, known.value, confidence);
  }
  return {};
}

double imbalance(const IntervalKind& kind, double confidence) {
  const double each = (1 - confidence) / 2;
  return std::max(std::abs(kind.miss_below.value - each), std::abs(kind.miss_above.value - each));
}

std::optional<std::size_t> best_of(const std::vector<IntervalKind>& kinds, double confidence) {
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < kinds.size(); ++k) {
    if (!kinds[k].holds || 1 - kinds[k].not_made < fewest_intervals) continue;
    if (!best) {
      best = k;
      continue;
    }
    const double here = imbalance(kinds[k], confidence), there = imbalance(kinds[*best], confidence);
    if (here < there || (here == there && kinds[k].width < kinds[*best].width)) best = k;
  }
  return best;
}

std::optional<IntervalKind> kind_of(const EstimateRows& rows, const EstimateLabel& label, const Scenario& scenario) {
  const SummaryRow* const coverage = rows.find("coverage");
  if (!coverage || coverage->measure.n_replicates == 0) return {};
  const double confidence = scenario.plan->parts().confidence;
  const Measure& reached = rows.find("coverage_reached")->measure;
  IntervalKind kind{.name = label.interval,
                    .coverage = coverage->measure,
                    .miss_below = rows.find("miss_below")->measure,
                    .miss_above = rows.find("miss_above")->measure,
                    .enumerated = enumerated(label, scenario, coverage->truth)};
  if (const SummaryRow* width = rows.find("interval_width")) kind.width = width->measure.value;
  kind.coverage_reached = reached.value;
  kind.not_made = share_lost(kind.coverage);
  kind.not_reached = 1 - static_cast<double>(reached.n_replicates) / static_cast<double>(kind.coverage.n_replicates);
  kind.holds = kind.coverage.value + 2 * kind.coverage.mcse >= confidence - tolerance;
  return kind;
}

}  // namespace

std::vector<IntervalChoice> choose_intervals(const Study& study, std::span<const SummaryRow> rows) {
  std::vector<IntervalChoice> choices;
  for (const Scenario& scenario : study.scenarios) {
    std::vector<IntervalChoice> own;
    for (const EstimateLabel& label : scenario.plan->labels()) {
      if (label.interval.empty() || !label.estimated || label.log_scale) continue;
      const auto kind = kind_of(EstimateRows(rows, scenario.name, label), label, scenario);
      if (!kind) continue;
      const auto known = std::ranges::find_if(own, [&](const auto& c) { return same_number(c.label, label); });
      if (known != own.end()) {
        known->kinds.push_back(*kind);
        continue;
      }
      own.push_back({scenario.name, label, {*kind}, {}});
      own.back().label.interval.clear();
    }
    for (IntervalChoice& choice : own) {
      if (choice.kinds.size() < 2) continue;
      choice.best = best_of(choice.kinds, scenario.plan->parts().confidence);
      choices.push_back(std::move(choice));
    }
  }
  return choices;
}

std::string intervals_csv(std::span<const IntervalChoice> choices) {
  CsvWriter csv({"scenario", "analysis", "group", "term", "parameter", "at", "interval", "recommended", "coverage",
                 "mcse", "miss_below", "miss_above", "not_reached", "coverage_reached", "not_made", "width",
                 "enumerated"});
  for (const IntervalChoice& c : choices)
    for (std::size_t k = 0; k < c.kinds.size(); ++k) {
      const IntervalKind& kind = c.kinds[k];
      for (const std::string& text : {c.scenario, c.label.analysis, c.label.group, c.label.term, c.label.parameter})
        csv.field(std::string_view(text));
      std::isnan(c.label.at) ? csv.field(std::string_view{}) : csv.field(c.label.at);
      csv.field(std::string_view(kind.name)).field(static_cast<long long>(c.best == k));
      csv.field(kind.coverage.value).field(kind.coverage.mcse);
      csv.field(kind.miss_below.value).field(kind.miss_above.value);
      csv.field(kind.not_reached).field(kind.coverage_reached).field(kind.not_made).field(kind.width);
      csv.field(kind.enumerated ? kind.enumerated->coverage : missing).end_row();
    }
  return csv.text();
}

}  // namespace oligosim

#include "models/analysis/figures.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"

namespace oligosim {
namespace {

/// A picture has no room for more points: of a longer curve every k-th step is drawn, and the last.
constexpr std::size_t most_points = 4000;

template <class Draw>
void for_each_drawn(std::size_t points, const Draw& draw) {
  const std::size_t step = points / most_points + 1;
  for (std::size_t i = 0; i < points; ++i)
    if (i % step == 0 || i + 1 == points) draw(i);
}

/// What a group's curve shows besides its values: the end of follow-up, censorings, numbers at risk.
StepFigure::Group frame_of(const std::string& name, const SurvivalTable& table, const PlanParts& parts,
                           std::span<const double> ticks) {
  StepFigure::Group group;
  group.name = name;
  std::vector<double> censored;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (!table.event[i] && (censored.empty() || censored.back() != table.time[i])) censored.push_back(table.time[i]);
  for_each_drawn(censored.size(),
                 [&](std::size_t i) { group.censored.push_back(censored[i] / parts.units_per_month); });
  if (table.size() > 0) group.last_time = table.time.back() / parts.units_per_month;
  for (const double tick : ticks) {
    const auto first = std::lower_bound(table.time.begin(), table.time.end(), tick * parts.units_per_month);
    group.at_risk.push_back(static_cast<double>(table.time.end() - first));
  }
  return group;
}

void add_step(StepFigure::Group& group, double month, const Estimate& e) {
  group.time.push_back(month);
  group.value.push_back(e.estimate);
  group.lower.push_back(e.lower);
  group.upper.push_back(e.upper);
}

/// Times of a curve, and where its limits begin and end.
std::vector<double> drawn_times(std::span<const double> times, double from, double to) {
  std::vector<double> drawn(times.begin(), times.end());
  for (const double end : {from, to}) {
    const auto place = std::ranges::lower_bound(drawn, end);
    if (end > 0 && place != drawn.end() && *place != end) drawn.insert(place, end);
  }
  return drawn;
}

std::string row_label(const EstimateLabel& label) {
  std::string text = label.term;
  if (!label.endpoint.empty()) text += " on " + label.endpoint;
  if (!label.population.empty()) text += " in " + label.population;
  return text + " (" + label.analysis + ")";
}

}  // namespace

std::vector<double> month_ticks(double last_month) {
  double step = 1;
  for (const double candidate : {1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0, 240.0, 600.0}) {
    step = candidate;
    if (last_month / step <= 8) break;
  }
  while (last_month / step > 8) step *= 10;  // times in a unit that is none of theirs, such as seconds
  std::vector<double> ticks;
  for (double tick = 0; tick <= last_month; tick += step) ticks.push_back(tick);
  return ticks;
}

StepFigure::Group curve_group(const std::string& name, const SurvivalTable& table, std::span<const double> times,
                              const CurveAt& at, const CurveLimits& limits, const PlanParts& parts,
                              std::span<const double> ticks) {
  StepFigure::Group group = frame_of(name, table, parts, ticks);
  const double from = limits.from_month * parts.units_per_month, to = limits.to_month * parts.units_per_month;
  const bool known = !std::isnan(limits.confidence);
  const std::vector<double> drawn = drawn_times(times, from, to);
  for_each_drawn(drawn.size(), [&](std::size_t i) {
    Estimate e = at(drawn[i], known ? limits.confidence : parts.confidence);
    const bool within = drawn[i] >= from && (drawn[i] < to || (drawn[i] == to && i + 1 == drawn.size()));
    if (!known || !within) e.lower = e.upper = missing;
    add_step(group, drawn[i] / parts.units_per_month, e);
  });
  return group;
}

StepFigure survival_figure(const std::string& title, const std::string& caption, const SurvivalTable& table,
                           const PlanParts& parts) {
  StepFigure figure;
  figure.text.title = title;
  figure.text.caption = caption;
  figure.value_label = "Free of the event";
  figure.median_lines = true;
  figure.ticks = month_ticks(table.size() == 0 ? 0 : table.time.back() / parts.units_per_month);
  return figure;
}

void add_curve(StepFigure& figure, const std::string& name, const SurvivalTable& table, const KaplanMeierCurve<>& curve,
               const PlanParts& parts) {
  const auto at = [&](double time, double confidence) {
    return survival_at(curve, time, SurvivalInterval::log, confidence);
  };
  figure.groups.push_back(curve_group(name, table, curve.time, at, {.confidence = missing}, parts, figure.ticks));
  figure.groups.back().median =
      survival_quantile(curve, 0.5, SurvivalInterval::log, parts.confidence).estimate / parts.units_per_month;
}

void add_kaplan_meier(StepFigure& figure, const std::string& name, const SurvivalTable& table, const PlanParts& parts,
                      Arena& arena) {
  add_curve(figure, name, table, kaplan_meier(table, {}, arena), parts);
}

ForestFigure forest_of(std::span<const EstimateLabel> labels, std::span<const Estimate> estimates, double confidence) {
  ForestFigure figure;
  figure.text.title = "Hazard ratios";
  figure.text.caption = "Each analysis' hazard ratios with their intervals; below 1 favours the level named.";
  figure.interval_label = rounded(100 * confidence, 4) + " % CI";
  figure.below_label = "lower hazard";
  figure.above_label = "higher hazard";
  std::string last_analysis, kind;
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const EstimateLabel& label = labels[k];
    if (label.parameter != "hazard_ratio") continue;
    if (label.analysis != last_analysis) kind = label.interval, last_analysis = label.analysis;
    if (label.interval != kind) continue;
    const Estimate& e = estimates[k];
    ForestFigure::Row row;
    row.label = row_label(label);
    row.n = shortest(e.n);
    row.events = shortest(e.n_events);
    row.estimate = e.estimate;
    row.lower = e.lower;
    row.upper = e.upper;
    row.information = e.n_events;
    if (e.status != Status::ok) row.missing = std::string(oligosim::name(e.status));
    figure.rows.push_back(row);
  }
  return figure;
}

}  // namespace oligosim

#include "models/study/page/operating_page.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "engine/io/number.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "models/study/page/estimate_rows.hpp"
#include "models/study/replicate_sample.hpp"

namespace oligosim {
namespace {

/// More bars are no longer read; the tables hold them all.
constexpr std::size_t most_bars = 24;

struct Point {
  std::string scenario;
  double patients;
  double
      effect;  // true value of the estimate that goes with the primary analysis; NaN where each replicate has its own
  Measure claims;
};

/// NaN where there is none, each replicate has its own, or the trial may claim several.
double true_effect(const Scenario& s, std::span<const SummaryRow> rows) {
  if (s.design->drops_arms()) return missing;
  const std::optional<std::size_t> estimate = primary_estimate(s);
  if (!estimate || !s.draws.empty()) return missing;
  const SummaryRow* mean = EstimateRows(rows, s.name, s.plan->labels()[*estimate]).find("mean");
  return mean ? mean->truth : missing;
}

std::vector<Point> points_of(const Study& study, std::span<const SummaryRow> rows) {
  std::vector<Point> points;
  for (const Scenario& s : study.scenarios)
    if (const SummaryRow* claims = find_row(rows, s.name, "stop_efficacy", "final", s.design->primary()))
      points.push_back({s.name, static_cast<double>(s.trial->patients()), true_effect(s, rows), claims->measure});
  return points;
}

/// To four digits: what scenarios mean to share may differ in the last bits.
double coarse(double x) {
  if (x == 0 || !std::isfinite(x)) return x;
  const double unit = std::pow(10, std::floor(std::log10(std::abs(x))) - 3);
  return std::round(x / unit) * unit;
}

std::string bars(const std::vector<Point>& points) {
  BarFigure figure{
      .text = {"How often the trial claims efficacy", "Share of replicates, with its 95 % Monte Carlo interval.", ""},
      .value_label = "Claims efficacy (%)",
      .series = {"claims efficacy"},
      .categories = {}};
  for (const Point& p : points)
    figure.categories.push_back(
        {p.scenario, {{.value = p.claims.value, .lower = p.claims.lower, .upper = p.claims.upper, .text = ""}}});
  return to_html(figure);
}

/// A line for each value of `by` that at least three values of `x` go with.
LineFigure lines_of(std::vector<Point> points, const std::function<double(const Point&)>& x,
                    const std::function<double(const Point&)>& by, const std::function<std::string(double)>& name) {
  LineFigure figure{.text = {},
                    .x_label = "",
                    .y_label = "Claims efficacy (%)",
                    .share = true,
                    .lines = {{"80 %", 0.8}},
                    .series = {}};
  std::set<double> groups;
  for (const Point& p : points)
    if (!std::isnan(p.effect)) groups.insert(by(p));
  std::ranges::stable_sort(points, {}, x);
  for (const double group : groups) {
    LineFigure::Series series{.name = name(group), .x = {}, .y = {}, .lower = {}, .upper = {}};
    std::set<double> distinct;
    for (const Point& p : points) {
      if (std::isnan(p.effect) || by(p) != group || !distinct.insert(coarse(x(p))).second) continue;
      series.x.push_back(x(p));
      series.y.push_back(p.claims.value);
      series.lower.push_back(p.claims.lower);
      series.upper.push_back(p.claims.upper);
    }
    if (distinct.size() >= 3) figure.series.push_back(std::move(series));
  }
  return figure;
}

std::string against_effect(const Study& study, const std::vector<Point>& points) {
  LineFigure figure = lines_of(
      points, [](const Point& p) { return p.effect; }, [](const Point& p) { return p.patients; },
      [](double patients) { return rounded(patients, 6) + " patients"; });
  if (figure.series.empty()) return "";
  const Scenario& first = study.scenarios.front();
  const bool ratio = first.plan->labels()[*primary_estimate(first)].ratio;
  figure.text = {"Against the true effect",
                 "Scenarios of the same size that differ in the true value of the primary analysis' estimate.", ""};
  figure.x_label = ratio ? "True hazard ratio" : "True value";
  figure.log_x = ratio;
  return to_html(figure);
}

std::string against_size(const std::vector<Point>& points) {
  LineFigure figure = lines_of(
      points, [](const Point& p) { return p.patients; }, [](const Point& p) { return coarse(p.effect); },
      [](double effect) { return "true value " + rounded(effect, 4); });
  if (figure.series.empty()) return "";
  figure.text = {"Against the number of patients", "Scenarios with the same true value that differ in size.", ""};
  figure.x_label = "Patients";
  return to_html(figure);
}

}  // namespace

std::string operating_section(const Study& study, std::span<const SummaryRow> rows) {
  const std::vector<Point> points = points_of(study, rows);
  if (points.size() < 2) return "";
  return "<h2>Operating characteristics</h2>\n" + (points.size() <= most_bars ? bars(points) : "") +
         against_effect(study, points) + against_size(points);
}

std::string convergence_section(std::span<const ConvergencePath> paths) {
  LineFigure figure{.text = {"Convergence",
                             "Share of trials that claim efficacy after so many replicates, with its 95 % Monte Carlo "
                             "interval. A line that still drifts out of its band asks for more replicates.",
                             ""},
                    .x_label = "Replicates",
                    .y_label = "Claims efficacy (%)",
                    .log_x = true,
                    .share = true,
                    .points = false,
                    .interval = LineFigure::Interval::ribbon,
                    .lines = {},
                    .series = {}};
  constexpr std::size_t most_lines = 6;
  for (const ConvergencePath& p : paths.first(std::min(most_lines, paths.size())))
    if (p.replicates.size() > 1) figure.series.push_back({p.scenario, p.replicates, p.share, p.lower, p.upper});
  return figure.series.empty() ? "" : "<h2>Are there enough replicates?</h2>\n" + to_html(figure);
}

}  // namespace oligosim

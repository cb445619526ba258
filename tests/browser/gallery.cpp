// Writes the pages that the browser tests open: every kind of figure with realistic numbers (gallery.html), with
// hostile names (hostile.html) and without any data (empty.html). gallery FOLDER
#include <cmath>
#include <functional>
#include <iostream>
#include <random>

#include "engine/io/file.hpp"
#include "engine/io/number.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "tests/statistics/reference.hpp"

namespace oligosim {
namespace {

constexpr double nan = absent, infinity = std::numeric_limits<double>::infinity();

/// Times in months of the rows of a reference data set for which `keep` holds.
struct Patients {
  std::vector<double> time;
  std::vector<std::uint8_t> event;
  std::vector<double> group;
};

Patients read(const std::string& file, double days_per_month,
              const std::function<bool(const test::ReferenceTable&, std::size_t)>& keep) {
  const test::ReferenceTable rows("data/" + file);
  Patients patients;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!keep(rows, i)) continue;
    patients.time.push_back(rows.number(i, "time") / days_per_month);
    patients.event.push_back(rows.number(i, "event") == 1);
    patients.group.push_back(rows.number(i, "group"));
  }
  return patients;
}

StepFigure::Group curve(const std::string& name, const Patients& p, const std::vector<double>& ticks) {
  Arena arena;
  const SurvivalTable table = sort_survival(p.time, p.event, arena);
  const KaplanMeierCurve km = kaplan_meier(table, {}, arena);
  StepFigure::Group group{.name = name};
  for (std::size_t i = 0; i < km.time.size(); ++i) {
    if (km.events[i] == 0) continue;
    const Estimate e = survival_at(km, km.time[i], SurvivalInterval::log, 0.95);
    group.time.push_back(km.time[i]);
    group.value.push_back(km.survival[i]);
    group.lower.push_back(e.lower);
    group.upper.push_back(e.upper);
  }
  for (std::size_t i = 0; i < table.size(); ++i)
    if (!table.event[i]) group.censored.push_back(table.time[i]);
  for (const double t : ticks) {
    double n = 0;
    for (const double time : p.time) n += time >= t;
    group.at_risk.push_back(n);
  }
  group.last_time = table.time.back();
  group.median = survival_quantile(km, 0.5, SurvivalInterval::log, 0.95).estimate;
  return group;
}

StepFigure aml() {
  StepFigure figure;
  figure.text = {.title = "Remission by maintenance in acute myelogenous leukemia",
                 .caption =
                     "Kaplan-Meier estimates of 23 patients (Embury 1977) with pointwise 95 % intervals; ticks are "
                     "censored patients, dotted lines medians.",
                 .summary = "The maintained group stays in remission longer; the curves are apart from week 10 on."};
  figure.time_label = "Weeks";
  figure.value_label = "In remission (%)";
  figure.ticks = {0, 20, 40, 60, 80, 100, 120, 140, 160};
  figure.median_lines = true;
  for (const double g : {0.0, 1.0})
    figure.groups.push_back(curve(g == 0 ? "maintained" : "not maintained",
                                  read("aml.csv", 1, [g](const auto& r, auto i) { return r.number(i, "group") == g; }),
                                  figure.ticks));
  figure.notes = {"log-rank p = 0.065", "hazard ratio 2.50 (0.91 to 6.83)"};
  figure.published = {{"published, not maintained at 48 weeks: 8 %", 48, 0.08, 0.01, 0.45}};
  return figure;
}

StepFigure veteran() {
  StepFigure figure;
  figure.text = {.title = "Survival by cell type in advanced lung cancer",
                 .caption = "Kaplan-Meier estimates of 137 patients of the Veterans' Administration trial.",
                 .summary = ""};
  figure.value_label = "Overall survival (%)";
  for (double t = 0; t <= 33; t += 3) figure.ticks.push_back(t);
  const char* names[] = {"squamous", "small cell", "adenocarcinoma", "large cell"};
  for (int g = 0; g < 4; ++g)
    figure.groups.push_back(
        curve(names[g], read("veteran.csv", 30.4375, [g](const auto& r, auto i) { return r.number(i, "group4") == g; }),
              figure.ticks));
  figure.notes = {"log-rank p < 0.0001, 3 degrees of freedom"};
  return figure;
}

StepFigure local_failure() {
  StepFigure figure{.text = {.title = "Local failure with death as the competing risk",
                             .caption = "Cumulative incidence (Aalen and Johansen) with 95 % intervals.",
                             .summary = ""},
                    .rising = true};
  figure.value_label = "Cumulative incidence (%)";
  figure.ticks = {0, 6, 12, 18, 24, 30, 36};
  figure.groups = {{.name = "OP",
                    .time = {4.1, 7.5, 11, 19.3, 23},
                    .value = {0.036, 0.071, 0.107, 0.146, 0.19},
                    .lower = {0.0026, 0.012, 0.026, 0.044, 0.068},
                    .upper = {0.16, 0.21, 0.26, 0.31, 0.36},
                    .last_time = 36,
                    .censored = {13, 27, 30, 35},
                    .at_risk = {28, 26, 20, 15, 10, 7, 3}},
                   {.name = "OM",
                    .time = {9.4},
                    .value = {0.11},
                    .lower = {0.0054},
                    .upper = {0.41},
                    .last_time = 31,
                    .censored = {20, 31},
                    .at_risk = {9, 8, 6, 5, 3, 1, 0}}};
  figure.notes = {"Gray p = 0.71"};
  figure.published = {{"published, all patients at 24 months: 15.4 %", 24, 0.154, 0.06, 0.29}};
  return figure;
}

ForestFigure::Row subgroup(const std::string& label, int indent,
                           const std::function<bool(const test::ReferenceTable&, std::size_t)>& keep) {
  const Patients p = read("veteran.csv", 30.4375, keep);
  Arena arena;
  const SurvivalTable table = sort_survival(p.time, p.event, arena);
  const auto covariate = in_table_order<double>(table, p.group, arena);
  const CoxFit fit = cox(table, {.values = covariate, .columns = 1}, {}, {}, arena);
  double n[2] = {0, 0}, events[2] = {0, 0};
  for (std::size_t i = 0; i < p.time.size(); ++i) {
    ++n[p.group[i] == 1];
    events[p.group[i] == 1] += p.event[i];
  }
  const double b = fit.coefficient[0], se = fit.standard_error[0];
  return {.label = label,
          .indent = indent,
          .n = rounded(n[1], 5) + " / " + rounded(n[0], 5),
          .events = rounded(events[1], 5) + " / " + rounded(events[0], 5),
          .estimate = std::exp(b),
          .lower = std::exp(b - 1.959964 * se),
          .upper = std::exp(b + 1.959964 * se),
          .information = 1 / (se * se)};
}

ForestFigure forest() {
  ForestFigure figure;
  figure.text = {.title = "Test chemotherapy against standard, by subgroup",
                 .caption =
                     "Hazard ratios of death from Cox models in each subgroup; the box's area is proportional to "
                     "the information. Arrows: the interval goes on.",
                 .summary = "No subgroup shows a clear advantage of either treatment."};
  figure.n_label = "Patients";
  figure.below_label = "favours test";
  figure.above_label = "favours standard";
  const auto level = [](const char* column, double from, double to) {
    return [=](const test::ReferenceTable& r, std::size_t i) {
      return r.number(i, column) >= from && r.number(i, column) < to;
    };
  };
  figure.rows = {{.label = "Cell type", .heading = true},
                 subgroup("squamous", 1, level("group4", 0, 1)),
                 subgroup("small cell", 1, level("group4", 1, 2)),
                 subgroup("adenocarcinoma", 1, level("group4", 2, 3)),
                 subgroup("large cell", 1, level("group4", 3, 4)),
                 {.label = "Performance status (Karnofsky)", .heading = true},
                 subgroup("below 50", 1, level("x1", 0, 50)),
                 subgroup("50 or more", 1, level("x1", 50, 101)),
                 {.label = "Rare", .heading = true},
                 {.label = "an interval without upper limit",
                  .indent = 1,
                  .n = "2 / 3",
                  .events = "1 / 3",
                  .estimate = 1.9,
                  .lower = 0.17,
                  .upper = infinity,
                  .information = 0.7},
                 {.label = "nobody died in one group",
                  .indent = 1,
                  .n = "3 / 1",
                  .events = "3 / 0",
                  .missing = "separation: no events in one group"},
                 {.label = "nobody there", .indent = 1, .n = "0 / 0", .events = "0 / 0", .missing = "empty group"}};
  ForestFigure::Row all = subgroup("All patients", 0, [](const auto&, auto) { return true; });
  all.summary = true;
  figure.rows.push_back(all);
  return figure;
}

ForestFigure differences() {
  ForestFigure figure{
      .text = {.title = "Differences of response rates", .caption = "Newcombe intervals.", .summary = ""},
      .estimate_label = "Difference",
      .log_axis = false,
      .reference = 0};
  figure.rows = {{.label = "first line",
                  .n = "18",
                  .events = "9",
                  .estimate = 0.12,
                  .lower = -0.18,
                  .upper = 0.39,
                  .information = 18},
                 {.label = "later lines",
                  .n = "19",
                  .events = "13",
                  .estimate = -0.04,
                  .lower = -0.3,
                  .upper = 0.23,
                  .information = 19}};
  return figure;
}

WaterfallFigure waterfall() {
  WaterfallFigure figure;
  figure.text = {.title = "Best response of the irradiated lesions",
                 .caption = "One bar a patient: best change of the sum of diameters from baseline.",
                 .summary = "Most patients show shrinkage, about half of them beyond 30 %."};
  figure.groups = {"complete response", "partial response", "stable disease", "progressive disease"};
  std::mt19937 random(4);
  for (int i = 0; i < 37; ++i) {
    const double u = static_cast<double>(random()) / 4294967296.0;
    const double change = std::round(std::max(-100.0, -110 + 175 * u * u));
    const int group = change <= -100 ? 0 : change <= -30 ? 1 : change < 20 ? 2 : 3;
    figure.bars.push_back({"patient " + std::to_string(i + 1), change, figure.groups[group], group == 3 || i % 9 == 4,
                           i % 9 == 4 ? "new lesion" : ""});
  }
  figure.bars.push_back({.name = "patient 38", .change = nan, .group = "stable disease"});
  return figure;
}

DistributionFigure bootstrap() {
  DistributionFigure figure;
  figure.text = {.title = "Hazard ratio of responders in 2000 bootstrap resamples",
                 .caption = "Case bootstrap, BCa interval.",
                 .summary = ""};
  figure.value_label = "Hazard ratio";
  figure.log_axis = true;
  std::mt19937 random(7);
  std::normal_distribution<double> normal(std::log(0.369), 0.5);
  for (int i = 0; i < 2000; ++i) figure.values.push_back(i % 200 == 0 ? infinity : std::exp(normal(random)));
  figure.marks = {{"estimate", 0.369}, {"published", 0.374}, {"no effect", 1}};
  figure.lower = 0.14;
  figure.upper = 0.95;
  figure.interval_label = "95 % BCa interval";
  return figure;
}

BarFigure toxicity() {
  BarFigure figure;
  figure.text = {.title = "Adverse events by term and grade",
                 .caption = "Share of 37 patients with the worst grade; Clopper-Pearson 95 % intervals.",
                 .summary = ""};
  figure.value_label = "Patients (%)";
  figure.series = {"grade 1-2", "grade 3", "grade 4-5"};
  const std::pair<const char*, std::vector<double>> terms[] = {{"Fatigue", {14, 1, 0}},
                                                               {"Decreased appetite", {9, 0, 0}},
                                                               {"Aspartate aminotransferase increased", {11, 2, 1}},
                                                               {"Platelet count decreased", {8, 3, 0}},
                                                               {"Gastroduodenal ulcer", {0, 1, 0}}};
  for (const auto& [term, counts] : terms) {
    BarFigure::Category category{.name = term, .bars = {}};
    for (const double x : counts) {
      const Estimate e = proportion(x, 37, ProportionInterval::clopper_pearson, 0.95);
      category.bars.push_back({e.estimate, e.lower, e.upper, rounded(x, 5) + " / 37"});
    }
    figure.categories.push_back(category);
  }
  return figure;
}

BarFigure toxicity_by_group() {
  BarFigure figure{.text = {.title = "Worst grades by cohort",
                            .caption = "Patients whose worst grade is 1 or 2 (pale) and 3 or more (full).",
                            .summary = ""}};
  figure.value_label = "Patients (%)";
  figure.series = {"OP, grade 1-2", "OP, grade 3 or more", "OM, grade 1-2", "OM, grade 3 or more"};
  figure.stacked = 2;
  const std::pair<const char*, std::vector<double>> terms[] = {
      {"Fatigue", {14, 1, 3, 0}}, {"Gastroduodenal ulcer", {0, 0, 0, 1}}, {"Any term", {17, 10, 6, 3}}};
  for (const auto& [term, counts] : terms) {
    BarFigure::Category category{.name = term, .bars = {}};
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const double n = i < 2 ? 28 : 9;
      const Estimate e = proportion(counts[i], n, ProportionInterval::clopper_pearson, 0.95);
      category.bars.push_back({e.estimate, e.lower, e.upper, rounded(counts[i], 5) + " / " + rounded(n, 5)});
    }
    figure.categories.push_back(category);
  }
  return figure;
}

LineFigure power() {
  LineFigure figure;
  figure.text = {.title = "Power by number of events",
                 .caption = "Log-rank test, one-sided 2.5 %; bars are 95 % Monte Carlo intervals of 10000 replicates.",
                 .summary = "A hazard ratio of 0.6 needs about 120 events for 80 % power."};
  figure.x_label = "Events";
  figure.y_label = "Power (%)";
  figure.share = true;
  figure.lines = {{"80 %", 0.8}};
  figure.marks = {{"120 events", 120}};
  for (const double ratio : {0.5, 0.6, 0.7, 1.0}) {
    LineFigure::Series s{.name = "hazard ratio " + rounded(ratio, 2)};
    for (double d = 30; d <= 180; d += 15) {
      const double z = -std::log(ratio) * std::sqrt(d) / 2 - 1.959964, p = 0.5 * std::erfc(-z / std::sqrt(2.0));
      const double error = 1.96 * std::sqrt(p * (1 - p) / 10000);
      s.x.push_back(d);
      s.y.push_back(p);
      s.lower.push_back(p - error);
      s.upper.push_back(p + error);
    }
    figure.series.push_back(s);
  }
  return figure;
}

LineFigure convergence() {
  LineFigure figure{.text = {.title = "Convergence of the mean",
                             .caption = "Running mean with its 95 % Monte Carlo interval.",
                             .summary = ""},
                    .x_label = "Replicates",
                    .y_label = "Log hazard ratio",
                    .log_x = true,
                    .points = false,
                    .interval = LineFigure::Interval::ribbon};
  figure.series = {{.name = "target"}};
  figure.lines = {{"truth", -0.357}};
  std::mt19937 random(3);
  std::normal_distribution<double> normal(-0.36, 0.22);
  double sum = 0;
  for (int n = 1; n <= 10000; ++n) {
    sum += normal(random);
    if (n < 10 || std::floor(std::log(n) * 8) == std::floor(std::log(n - 1) * 8)) continue;
    const double mean = sum / n, error = 1.96 * 0.22 / std::sqrt(n);
    figure.series[0].x.push_back(n);
    figure.series[0].y.push_back(mean);
    figure.series[0].lower.push_back(mean - error);
    figure.series[0].upper.push_back(mean + error);
  }
  return figure;
}

ZipFigure zip() {
  ZipFigure figure{.text = {.title = "Intervals of the hazard ratio",
                            .caption = "Each line is the interval of one replicate.",
                            .summary = "About one interval of twenty misses the true value."},
                   .value_label = "Hazard ratio",
                   .log_axis = true,
                   .truth = 0.7,
                   .intervals = {}};
  std::mt19937 random(11);
  std::normal_distribution<double> normal(std::log(0.7), 0.25);
  for (int i = 0; i < 300; ++i) {
    const double b = normal(random);
    figure.intervals.push_back({std::exp(b), std::exp(b - 0.49), std::exp(b + 0.49), (b - std::log(0.7)) / 0.25});
  }
  figure.intervals.push_back({.estimate = 3, .lower = 0.9, .upper = infinity, .distance = 5.8});
  figure.intervals.push_back({});
  return figure;
}

TimelineFigure timeline() {
  return {.text = {.title = "The trial in time", .caption = "Median over 300 replicates.", .summary = ""},
          .rows = {{.label = "null",
                    .last_entry = 30.7,
                    .end = 54.8,
                    .looks = {{"look 1", 31, 27, 34.5, 1}, {"look 2", 54.9, 44.8, 74, 0.99}}},
                   {.label = "target",
                    .last_entry = 27,
                    .end = 27,
                    .looks = {{"look 1", 26.6, 24, 30, 1}, {"look 2", 42.5, 35, 59, 0.24}}},
                   {.label = "nothing is held", .looks = {}}}};
}

HtmlTable estimates() {
  return {.caption = "Estimates",
          .header = {"Analysis", "Estimate", "Interval", "p"},
          .rows = {{"median 10", "11.2", "9.3 to 21.5", "NA"},
                   {"median 9", "-3.5", "-4.4 to Inf", "< 0.001"},
                   {"Cox, \"responders\"", "0.369 ± 0.01", "0.148 to 0.917", "0.032"},
                   {"=HYPERLINK(\"x\")", "NA", "", "0.5"},
                   {"empty", "Inf", "-0.3 (-1 to 2)", "1e-05"}},
          .text_columns = 1};
}

std::string gallery() {
  return html_page("Gallery of figures", "<h1>Gallery of figures</h1>\n<p class=\"lead\">Every kind of figure.</p>\n" +
                                             to_html(estimates()) + to_html(aml()) + to_html(veteran()) +
                                             to_html(local_failure()) + to_html(forest()) + to_html(differences()) +
                                             to_html(waterfall()) + to_html(bootstrap()) + to_html(toxicity()) +
                                             to_html(toxicity_by_group()) + to_html(power()) + to_html(convergence()) +
                                             to_html(zip()) + to_html(timeline()));
}

std::string hostile() {
  const std::string names[] = {"</script><script>alert(1)</script>",
                               "\"><img src=x onerror=alert(1)>",
                               "=cmd|' /C calc'!A0",
                               "\u202Eright to left",
                               std::string(300, 'W'),
                               "<!-- <script> \u2028 \u2029 & \\ ' `${1}`"};
  std::string html;
  for (const std::string& name : names) {
    const FigureText text{name, name, name};
    StepFigure step{.text = text,
                    .time_label = name,
                    .value_label = name,
                    .ticks = {0, 5},
                    .median_lines = true,
                    .notes = {name},
                    .published = {{name, 2, 0.5}}};
    step.groups = {
        {.name = name, .time = {1, 2}, .value = {0.5, 0.2}, .censored = {1.5}, .at_risk = {10, 3}, .median = 2}};
    html += to_html(step);
    html += to_html(
        ForestFigure{.text = text,
                     .estimate_label = name,
                     .interval_label = name,
                     .n_label = name,
                     .events_label = name,
                     .below_label = name,
                     .above_label = name,
                     .rows = {{.label = name, .heading = true},
                              {.label = name, .n = name, .events = name, .estimate = 0.5, .lower = 0.2, .upper = 1},
                              {.label = name, .missing = name}}});
    html += to_html(WaterfallFigure{.text = text,
                                    .value_label = name,
                                    .progression_label = name,
                                    .lines = {{-30, name}},
                                    .bars = {{name, -20, name, true, name}}});
    html += to_html(DistributionFigure{.text = text,
                                       .value_label = name,
                                       .count_label = name,
                                       .values = {1, 2, 3},
                                       .marks = {{name, 2}},
                                       .lower = 1,
                                       .upper = 3,
                                       .interval_label = name});
    html += to_html(BarFigure{
        .text = text, .value_label = name, .series = {name}, .categories = {{name, {{0.5, 0.2, 0.8, name}}}}});
    html += to_html(LineFigure{.text = text,
                               .x_label = name,
                               .y_label = name,
                               .lines = {{name, 1}},
                               .series = {{.name = name, .x = {1, 2}, .y = {1, 2}}}});
    html += to_html(ZipFigure{.text = text,
                              .value_label = name,
                              .truth = 1,
                              .intervals = {{.estimate = 1, .lower = 0, .upper = 2, .distance = 0}}});
    html += to_html(TimelineFigure{
        .text = text, .rows = {{.label = name, .last_entry = 1, .end = 2, .looks = {{name, 2, 1, 3, 1}}}}});
    html += to_html(HtmlTable{.caption = name, .header = {name, name}, .rows = {{name, "1"}, {"b", name}}});
  }
  return html_page(names[0], "<h1>" + html_escaped(names[0]) + "</h1>\n" + html);
}

std::string empty() {
  const FigureText text{"Nothing", "No data at all.", ""};
  std::string html = to_html(StepFigure{.text = text}) + to_html(ForestFigure{.text = text}) +
                     to_html(WaterfallFigure{.text = text}) + to_html(DistributionFigure{.text = text}) +
                     to_html(BarFigure{.text = text}) + to_html(LineFigure{.text = text}) +
                     to_html(ZipFigure{.text = text}) + to_html(TimelineFigure{.text = text});
  html += to_html(StepFigure{.text = text, .ticks = {0, 1}, .groups = {{.name = "nobody", .at_risk = {0, 0}}}});
  html += to_html(ForestFigure{.text = text,
                               .rows = {{.label = "a", .missing = "no events"},
                                        {.label = "b", .estimate = 0, .lower = 0, .upper = infinity},
                                        {.label = "c", .estimate = 2, .lower = nan, .upper = nan}}});
  html += to_html(DistributionFigure{.text = text, .values = {nan, infinity}, .marks = {{"estimate", nan}}});
  html += to_html(DistributionFigure{.text = text, .values = {2, 2, 2, 2}});
  html += to_html(BarFigure{.text = text, .series = {"a"}, .categories = {{"c", {{nan, nan, nan, ""}}}}});
  html += to_html(LineFigure{.text = text, .log_x = true, .series = {{.name = "a", .x = {0, nan}, .y = {nan, 1}}}});
  return html_page("Nothing", "<h1>Nothing</h1>\n" + html);
}

}  // namespace
}  // namespace oligosim

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "gallery FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  oligosim::write_file(folder / "gallery.html", oligosim::gallery());
  oligosim::write_file(folder / "hostile.html", oligosim::hostile());
  oligosim::write_file(folder / "empty.html", oligosim::empty());
}

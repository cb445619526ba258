#include "models/study/page/sample_page.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "engine/report/html.hpp"
#include "models/analysis/label_text.hpp"
#include "models/study/spread.hpp"

namespace oligosim {
namespace {

/// Pictures of so many scenarios; the tables have all.
constexpr std::size_t most_scenarios = 4;

std::span<const ReplicateSample> drawn(std::span<const ReplicateSample> samples) {
  return samples.first(std::min(samples.size(), most_scenarios));
}

std::string with_capital(std::string text) {
  if (!text.empty()) text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

std::string first_replicates(std::span<const ReplicateSample> samples) {
  return "the first " + std::to_string(samples.front().trials.size()) + " replicates";
}

TimelineFigure::Row timeline_row(const ReplicateSample& sample) {
  TimelineFigure::Row row{.label = sample.scenario, .looks = {}};
  std::vector<double> entries, ends;
  std::vector<std::vector<double>> looks;
  for (const SampledTrial& t : sample.trials) {
    entries.push_back(t.last_entry);
    ends.push_back(t.months);
    if (looks.size() < t.looks.size()) looks.resize(t.looks.size());
    for (std::size_t k = 0; k < t.looks.size(); ++k) looks[k].push_back(t.looks[k].day / sample.days_per_month);
  }
  row.last_entry = quantile_of(entries, 0.5);
  row.end = quantile_of(ends, 0.5);
  for (std::size_t k = 0; k < looks.size(); ++k)
    row.looks.push_back({"look " + std::to_string(k + 1), quantile_of(looks[k], 0.5), quantile_of(looks[k], 0.05),
                         quantile_of(looks[k], 0.95),
                         static_cast<double>(looks[k].size()) / static_cast<double>(sample.trials.size())});
  return row;
}

/// A row for each way in which trials of a scenario end: median and middle 90 % of a value of theirs, NaN left out.
void add_endings(ForestFigure& figure, std::span<const ReplicateSample> samples, const Design& design, bool with_truth,
                 const std::function<double(const SampledTrial&)>& value) {
  for (const ReplicateSample& sample : drawn(samples)) {
    const std::string truth =
        !with_truth || std::isnan(sample.truth) ? "" : " (true value " + rounded(sample.truth, 3) + ")";
    figure.rows.push_back({.label = sample.scenario + truth, .heading = true});
    std::map<std::string, std::vector<double>> values;
    std::map<std::string, std::size_t> trials;
    for (const SampledTrial& t : sample.trials) {
      const std::string how = ending(t, design);
      ++trials[how];
      if (const double x = value(t); !std::isnan(x)) values[how].push_back(x);
    }
    for (const auto& [how, count] : trials)
      figure.rows.push_back({.label = how,
                             .indent = 1,
                             .n = std::to_string(count),
                             .estimate = quantile_of(values[how], 0.5),
                             .lower = quantile_of(values[how], 0.05),
                             .upper = quantile_of(values[how], 0.95)});
  }
}

}  // namespace

std::string timeline(std::span<const ReplicateSample> samples) {
  TimelineFigure figure{.text = {"The trial in time",
                                 "Median over " + first_replicates(samples) +
                                     " of each scenario; a look is where those trials that hold it have it.",
                                 ""},
                        .rows = {}};
  for (const ReplicateSample& s : samples) figure.rows.push_back(timeline_row(s));
  return to_html(figure);
}

std::string by_month_section(std::span<const ReplicateSample> samples) {
  std::string html;
  for (const ReplicateSample& sample : drawn(samples)) {
    LineFigure figure{
        .text = {"Scenario " + sample.scenario + ": patients and events by month",
                 "Mean over " + first_replicates(samples) +
                     ", and the range of the middle 90 % of them, if the trial goes on whatever its looks "
                     "say. by_month.csv has the arms too.",
                 ""},
        .x_label = "Months since the study opened",
        .y_label = "Patients, events",
        .points = false,
        .interval = LineFigure::Interval::ribbon,
        .lines = {},
        .series = {}};
    for (const MonthlyCount& c : sample.by_month) {
      if (!c.arm.empty()) continue;
      LineFigure::Series series{.name = c.endpoint.empty() ? "patients entered" : "events of " + c.endpoint,
                                .x = {},
                                .y = c.mean,
                                .lower = c.lower,
                                .upper = c.upper};
      for (std::size_t month = 0; month < c.mean.size(); ++month) series.x.push_back(static_cast<double>(month));
      figure.series.push_back(std::move(series));
    }
    html += to_html(figure);
  }
  return html.empty() ? "" : "<h2>Patients and events in time</h2>\n" + html;
}

std::string stopping_figure(std::span<const ReplicateSample> samples, const EstimateLabel& label,
                            const Design& design) {
  ForestFigure figure{.text = {"Estimates by how the trial ended",
                               "Median and the range of the middle 90 % of " + number_text(label) + " over " +
                                   first_replicates(samples) +
                                   " of each scenario. Trials that stop early for efficacy are those whose estimate "
                                   "happened to be good: it overstates the effect.",
                               ""},
                      .estimate_label = label.ratio ? "Median ratio" : "Median",
                      .interval_label = "5 % to 95 %",
                      .n_label = "Trials",
                      .log_axis = label.ratio,
                      .reference = label.ratio ? 1 : absent,
                      .rows = {}};
  add_endings(figure, samples, design, true,
              [](const SampledTrial& t) { return t.estimate.status == Status::ok ? t.estimate.estimate : missing; });
  return to_html(figure);
}

std::string ending_figures(std::span<const ReplicateSample> samples, const Design& design) {
  const std::string range =
      "Median and the range of the middle 90 % over " + first_replicates(samples) + " of each scenario";
  ForestFigure patients{.text = {"Patients by how the trial ended", range + ", until the decision.", ""},
                        .estimate_label = "Median patients",
                        .interval_label = "5 % to 95 %",
                        .n_label = "Trials",
                        .log_axis = false,
                        .reference = absent,
                        .rows = {}};
  ForestFigure statistic = patients;
  statistic.text = {"z by how the trial ended", range + ", at the look where it ended.", ""};
  statistic.estimate_label = "Median z";
  statistic.reference = 0;
  add_endings(patients, samples, design, false, [](const SampledTrial& t) { return t.patients; });
  add_endings(statistic, samples, design, false,
              [](const SampledTrial& t) { return t.looks.empty() ? missing : t.looks.back().z; });
  const bool known = std::ranges::any_of(statistic.rows, [](const auto& row) { return !std::isnan(row.estimate); });
  return to_html(patients) + (known ? to_html(statistic) : "");
}

std::string zip_section(std::span<const ReplicateSample> samples, const EstimateLabel& label, double confidence) {
  std::string html;
  for (const ReplicateSample& sample : drawn(samples)) {
    if (std::isnan(sample.truth)) continue;
    ZipFigure figure{.text = {"Scenario " + sample.scenario + ": intervals of " + number_text(label),
                              "Each line is the interval of one of " + first_replicates(samples) +
                                  "; those above the broken line should be the ones that miss the true value, which "
                                  "the upright line is at.",
                              ""},
                     .value_label = label.ratio ? with_capital(spaced(label.parameter)) : number_text(label),
                     .log_axis = label.ratio,
                     .truth = sample.truth,
                     .nominal = confidence,
                     .intervals = {}};
    for (const SampledTrial& t : sample.trials) {
      const Estimate& e = t.estimate;
      const double error = label.ratio ? std::log(e.estimate / sample.truth) : e.estimate - sample.truth;
      figure.intervals.push_back(
          {e.estimate, e.lower, e.upper, e.status == Status::ok ? error / e.standard_error : absent});
    }
    html += to_html(figure);
  }
  return html.empty() ? "" : "<h2>Do the intervals hold the truth?</h2>\n" + html;
}

LineFigure curve_figure(FigureText text, std::span<const CurveRange> curves, bool rising) {
  LineFigure figure{.text = std::move(text),
                    .x_label = "Months",
                    .y_label = rising ? "With event (%)" : "Without event (%)",
                    .share = true,
                    .points = false,
                    .interval = LineFigure::Interval::ribbon,
                    .lines = {},
                    .series = {}};
  for (const CurveRange& c : curves)
    figure.series.push_back({c.group.empty() ? "all patients" : c.group, c.month, c.mean, c.lower, c.upper});
  return figure;
}

std::string curves_section(std::span<const ReplicateSample> samples) {
  std::string html;
  for (const ReplicateSample& sample : drawn(samples)) {
    if (sample.curves.empty()) continue;
    html += to_html(curve_figure(
        {"Scenario " + sample.scenario + ": " + sample.curves_of,
         "Mean of the Kaplan-Meier curves of " + first_replicates(samples) +
             " at the last look, and the range of the middle 90 % of them: what one trial may show. As far as half of "
             "the trials were followed.",
         ""},
        sample.curves, false));
  }
  return html.empty() ? "" : "<h2>Curves that such trials show</h2>\n" + html;
}

std::string examples_section(std::span<const ExampleTrial> examples, const std::string& scenario) {
  if (examples.empty()) return "";
  std::string html = "<h2>Single trials</h2>\n";
  for (const ExampleTrial& example : examples) {
    StepFigure figure = example.curves;
    figure.text.title = "Scenario " + scenario + ", replicate " + std::to_string(example.number) + ": " + example.what;
    html += to_html(figure);
  }
  return html;
}

}  // namespace oligosim

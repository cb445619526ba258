#include "models/study/page/distribution_page.hpp"

#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "models/analysis/label_text.hpp"
#include "models/study/page/estimate_rows.hpp"

namespace oligosim {
namespace {

/// What they say, as texts.
class EstimateTexts : public EstimateRows {
 public:
  using EstimateRows::EstimateRows;

  double value(const std::string& metric, double threshold = missing) const {
    const SummaryRow* const row = find(metric, threshold);
    return row ? row->measure.value : missing;
  }
  std::string number(const std::string& metric, double threshold = missing) const {
    const SummaryRow* const row = find(metric, threshold);
    if (!row || std::isnan(row->measure.value)) return "NA";
    return rounded(row->measure.value, 3) + " ± " + rounded(row->measure.mcse, 2);
  }
  std::string share(const std::string& metric, double threshold = missing) const {
    const SummaryRow* const row = find(metric, threshold);
    if (!row || std::isnan(row->measure.value)) return "NA";
    return rounded(100 * row->measure.value, 3) + " ± " + rounded(100 * row->measure.mcse, 2) + " %";
  }
};

std::vector<const EstimateLabel*> wanted_labels(const Scenario& scenario) {
  std::vector<const EstimateLabel*> labels;
  for (const EstimateLabel& label : scenario.plan->labels()) {
    const WantedDistribution& wanted = scenario.distributions.of(label);
    if (!wanted.share_at_most.empty() || !wanted.quantiles.empty() || !wanted.interval_contains.empty())
      labels.push_back(&label);
  }
  return labels;
}

/// The analysis, where it has one number here.
std::string name_of(const EstimateLabel& label, std::span<const EstimateLabel* const> labels) {
  const auto own = std::ranges::count_if(labels, [&](const auto* l) { return l->analysis == label.analysis; });
  return own == 1 ? label.analysis : label_text(label);
}

std::string scenario_table(const Scenario& scenario, std::span<const SummaryRow> rows) {
  const std::vector<const EstimateLabel*> labels = wanted_labels(scenario);
  const WantedDistribution& wanted = scenario.distributions.of(*labels.front());
  HtmlTable table{.caption = "Scenario " + scenario.name + "; ± Monte Carlo standard error.",
                  .header = {"estimate", "large sample", "median"},
                  .rows = {},
                  .text_columns = 1};
  for (const double p : wanted.quantiles) table.header.push_back(percent(p));
  table.header.push_back("rejects");
  for (const double t : wanted.share_at_most) table.header.push_back("at most " + shortest(t));
  for (const double v : wanted.interval_contains) table.header.push_back("contains " + shortest(v));
  table.header.push_back("not estimable");
  for (const EstimateLabel* label : labels) {
    const EstimateTexts own(rows, scenario.name, *label);
    const SummaryRow* const mean = own.find("mean");
    std::vector<std::string> line = {name_of(*label, labels), rounded(mean ? mean->truth : missing, 3),
                                     own.number("median")};
    for (const double p : wanted.quantiles) line.push_back(own.number("quantile", p));
    line.push_back(own.share("power"));
    for (const double t : wanted.share_at_most) line.push_back(own.share("share_at_most", t));
    for (const double v : wanted.interval_contains) line.push_back(own.share("interval_contains", v));
    line.push_back(own.share("missing"));
    table.rows.push_back(line);
  }
  return to_html(table);
}

/// Median and outermost quantiles of ratios, scenario by scenario.
std::string figure(const Study& study, std::span<const SummaryRow> rows) {
  ForestFigure figure{.text = {"Where the estimates fall",
                               "Median over replicates and the range between the outermost quantiles that the study "
                               "asks for; the numbers are in the tables below.",
                               ""},
                      .estimate_label = "Median",
                      .interval_label = "range",
                      .rows = {}};
  for (const Scenario& scenario : study.scenarios) {
    figure.rows.push_back({.label = scenario.name, .heading = true});
    const std::vector<const EstimateLabel*> labels = wanted_labels(scenario);
    for (const EstimateLabel* label : labels) {
      const std::vector<double>& quantiles = scenario.distributions.of(*label).quantiles;
      if (!label->ratio || quantiles.size() < 2) return "";
      const EstimateTexts own(rows, scenario.name, *label);
      figure.rows.push_back({.label = name_of(*label, labels),
                             .indent = 1,
                             .estimate = own.value("median"),
                             .lower = own.value("quantile", quantiles.front()),
                             .upper = own.value("quantile", quantiles.back())});
    }
  }
  return to_html(figure);
}

}  // namespace

std::string distribution_section(const Study& study, std::span<const SummaryRow> rows) {
  if (wanted_labels(study.scenarios.front()).empty()) return "";
  std::string html =
      "<h2>What one such study would report</h2>\n<p>Large sample: the same analysis of very many patients. Rejects: "
      "by its own test at the study's level. Contains: share of the intervals that do. An estimate without a finite "
      "maximum (events in one group only, or one group) is not estimable: it counts as not rejecting and not below a "
      "threshold, and has no part in median and quantiles.</p>\n" +
      figure(study, rows);
  for (const Scenario& s : study.scenarios) html += scenario_table(s, rows);
  return html;
}

}  // namespace oligosim

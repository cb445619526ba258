#include <algorithm>
#include <cmath>

#include "engine/io/number.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"
#include "models/study/comparison.hpp"

namespace oligosim {
namespace {

std::string shown(const Measure& m, bool share) {
  if (std::isnan(m.value)) return "";
  const double unit = share ? 100 : 1;
  return rounded(unit * m.value, 4) + " ± " + rounded(unit * m.mcse, 2) + (share ? " %" : "");
}

std::string signed_text(const Measure& m, bool share) {
  const std::string text = shown(m, share);
  return text.empty() || m.value < 0 ? text : "+" + text;
}

HtmlTable table_of(std::size_t metric, std::span<const std::string> names, std::span<const Difference> differences) {
  const ComparedMetric& own = compared_metrics()[metric];
  HtmlTable table{
      .caption = own.what + std::string("; ± Monte Carlo standard error. More: than ") + names.front() + ".",
      .header = {"scenario"},
      .rows = {},
      .text_columns = 1};
  for (std::size_t r = 0; r < names.size(); ++r) {
    table.header.push_back(names[r]);
    if (r > 0) table.header.push_back("more");
  }
  for (const Difference& d : differences) {
    if (d.metric != metric) continue;
    if (d.run == 0) table.rows.push_back({d.scenario});
    table.rows.back().push_back(shown(d.value, own.share));
    if (d.run > 0) table.rows.back().push_back(signed_text(d.more, own.share));
  }
  return table;
}

ForestFigure power_differences(std::span<const std::string> names, std::span<const Difference> differences) {
  ForestFigure figure{
      .text = {"How much more often the trial rejects",
               "Percentage points more than in " + names.front() + ", with 95 % Monte Carlo intervals.", ""},
      .estimate_label = "Percentage points",
      .interval_label = "95 % interval",
      .log_axis = false,
      .reference = 0,
      .rows = {}};
  for (const Difference& d : differences) {
    if (d.metric != 0) continue;
    if (d.run == 0)
      figure.rows.push_back({.label = d.scenario, .heading = true});
    else
      figure.rows.push_back({.label = names[d.run],
                             .indent = 1,
                             .estimate = 100 * d.more.value,
                             .lower = 100 * d.more.lower,
                             .upper = 100 * d.more.upper});
  }
  return figure;
}

std::string paired_note(std::span<const Difference> differences) {
  const auto beside = [](const Difference& d) { return d.run > 0; };
  const auto paired = std::ranges::count_if(differences, [&](const Difference& d) { return beside(d) && d.paired; });
  const auto all = std::ranges::count_if(differences, beside);
  if (paired == all)
    return "All runs have random numbers in common: errors of differences are those of blocks of replicates, "
           "paired.";
  return std::string(paired == 0 ? "Errors of differences are those of independent runs"
                                 : "Errors of differences are paired, or those of independent runs") +
         ": to be paired, runs need the same seed and blocks of the same size, and 20 of these or more in common. Of "
         "runs "
         "that have random numbers in common without that, they are too large.";
}

}  // namespace

std::string comparison_page(std::span<const std::string> names, std::span<const std::string> titles,
                            std::span<const Difference> differences, const std::string& program) {
  std::string body = "<h1>Designs side by side</h1>\n<dl>\n";
  for (std::size_t r = 0; r < names.size(); ++r)
    body += "<dt>" + html_escaped(names[r]) + "</dt><dd>" + html_escaped(titles[r]) + "</dd>\n";
  body += "</dl>\n<p>" + paired_note(differences) + "</p>\n" + to_html(power_differences(names, differences));
  for (std::size_t m = 0; m < compared_metrics().size(); ++m) {
    const bool there = std::ranges::any_of(
        differences, [&](const Difference& d) { return d.metric == m && !std::isnan(d.value.value); });
    if (there)
      body += "<h2>" + std::string(compared_metrics()[m].what) + "</h2>\n" + to_html(table_of(m, names, differences));
  }
  return html_page("Designs side by side", body + "<p>" + html_escaped(program) + "</p>\n");
}

}  // namespace oligosim

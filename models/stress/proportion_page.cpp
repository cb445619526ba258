#include "models/stress/proportion_page.hpp"

#include <algorithm>
#include <set>

#include "engine/io/number.hpp"
#include "engine/io/words.hpp"
#include "engine/report/figure.hpp"
#include "engine/report/html.hpp"

namespace oligosim {
namespace {

constexpr double nominal = 0.95, least_drawn = 0.85;

std::string of(const PublishedProportion& p) {
  return std::to_string(p.responses) + " of " + std::to_string(p.patients);
}

HtmlTable table_of(const PublishedProportion& p, const std::vector<IntervalOfProportion>& intervals) {
  HtmlTable table{.caption = "95 % intervals of " + of(p) +
                             ", and how often they hold the truth in as many patients, by enumeration",
                  .header = {"interval", "limits", "coverage at " + of(p), "truth below", "truth above",
                             "least coverage", "at", "mean coverage"},
                  .rows = {}};
  for (const IntervalOfProportion& i : intervals)
    table.rows.push_back({spaced(i.kind), percent(i.lower) + " to " + percent(i.upper), percent(i.as_printed.coverage),
                          percent(i.as_printed.miss_below), percent(i.as_printed.miss_above), percent(i.least),
                          percent(i.least_at), percent(i.mean)});
  return table;
}

LineFigure figure_of(std::size_t patients, const std::vector<IntervalOfProportion>& intervals) {
  LineFigure figure{.text = {"Coverage in " + std::to_string(patients) + " patients",
                             "How often each 95 % interval holds the true probability, along that probability; below " +
                                 percent(least_drawn) + " it is not drawn.",
                             ""},
                    .x_label = "True probability",
                    .y_label = "Coverage",
                    .share = true,
                    .points = false,
                    .lines = {{"95 %", nominal}},
                    .series = {}};
  const std::vector<double> grid = coverage_grid();
  for (const IntervalOfProportion& i : intervals) {
    LineFigure::Series series{.name = spaced(i.kind), .x = grid, .y = {}, .lower = {}, .upper = {}};
    for (const ProportionCoverage& c : i.over_grid) series.y.push_back(c.coverage < least_drawn ? absent : c.coverage);
    figure.series.push_back(std::move(series));
  }
  return figure;
}

}  // namespace

std::vector<std::string> proportion_texts(const ProportionResult& result) {
  std::vector<std::string> texts;
  for (const IntervalOfProportion& i : result.intervals)
    texts.push_back(spaced(i.kind) + ": " + percent(i.lower) + " to " + percent(i.upper) + ", which holds a truth of " +
                    of(result.proportion) + " in " + percent(i.as_printed.coverage) + ", the worst one in " +
                    percent(i.least));
  return texts;
}

std::string proportions_section(const std::vector<ProportionResult>& results) {
  if (results.empty()) return "";
  std::string body = "<h2>Intervals of shares of patients</h2>\n";
  std::set<std::size_t> drawn;
  for (const auto& [p, intervals] : results) {
    body += "<h3>" + html_escaped(p.what) + "</h3>\n";
    if (!p.source.empty()) body += "<p>" + html_escaped(p.source) + "</p>\n";
    body += to_html(table_of(p, intervals));
    if (drawn.insert(p.patients).second) body += to_html(figure_of(p.patients, intervals));
  }
  return body;
}

}  // namespace oligosim

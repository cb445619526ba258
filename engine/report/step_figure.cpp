#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

void check(const StepFigure& figure) {
  for (const StepFigure::Group& g : figure.groups) {
    check_length("value", g.value.size(), g.time.size());
    check_optional_length("lower", g.lower.size(), g.time.size());
    check_optional_length("upper", g.upper.size(), g.time.size());
    check_optional_length("at_risk", g.at_risk.size(), figure.ticks.size());
  }
}

Json to_json(const StepFigure& figure) {
  Json groups = Json::array(), published = Json::array();
  for (const StepFigure::Group& g : figure.groups)
    groups.push_back({{"name", g.name},
                      {"time", json_numbers(g.time)},
                      {"value", json_numbers(g.value)},
                      {"lower", json_numbers(g.lower)},
                      {"upper", json_numbers(g.upper)},
                      {"last_time", json_number(g.last_time)},
                      {"censored", json_numbers(g.censored)},
                      {"at_risk", json_numbers(g.at_risk)},
                      {"median", json_number(g.median)}});
  for (const PublishedValue& p : figure.published)
    published.push_back({{"label", p.label},
                         {"at", json_number(p.at)},
                         {"value", json_number(p.value)},
                         {"lower", json_number(p.lower)},
                         {"upper", json_number(p.upper)}});
  return {{"rising", figure.rising},
          {"time_label", figure.time_label},
          {"value_label", figure.value_label},
          {"ticks", json_numbers(figure.ticks)},
          {"groups", groups},
          {"median_lines", figure.median_lines},
          {"notes", figure.notes},
          {"published", published}};
}

HtmlTable steps_table(const StepFigure& figure) {
  HtmlTable table{.caption = figure.text.title + ": the curve from each time on, with its interval",
                  .header = {"Group", figure.time_label, figure.value_label, "Lower", "Upper"},
                  .rows = {},
                  .text_columns = 1};
  for (const StepFigure::Group& g : figure.groups)
    for (std::size_t i = 0; i < g.time.size(); ++i)
      table.rows.push_back({g.name, figure_number(g.time[i]), figure_percent(g.value[i]),
                            figure_percent(g.lower.empty() ? absent : g.lower[i]),
                            figure_percent(g.upper.empty() ? absent : g.upper[i])});
  return table;
}

HtmlTable at_risk_table(const StepFigure& figure) {
  HtmlTable table{.caption = figure.text.title + ": numbers at risk", .header = {"Group"}, .rows = {}};
  for (const double t : figure.ticks) table.header.push_back(figure_number(t));
  for (const StepFigure::Group& g : figure.groups) {
    if (g.at_risk.empty()) continue;
    table.rows.push_back({g.name});
    for (const double n : g.at_risk) table.rows.back().push_back(figure_number(n));
  }
  return table;
}

/// Medians, notes and published values: what the chart says in words.
HtmlTable words_table(const StepFigure& figure) {
  HtmlTable table{
      .caption = figure.text.title + ": in words", .header = {"What", "Value"}, .rows = {}, .text_columns = 2};
  if (figure.median_lines)
    for (const StepFigure::Group& g : figure.groups)
      table.rows.push_back({g.name + ", median", std::isfinite(g.median) ? figure_number(g.median) : "not reached"});
  for (const std::string& note : figure.notes) table.rows.push_back({"Note", note});
  for (const PublishedValue& p : figure.published)
    table.rows.push_back({p.label, figure_percent(p.value) + " at " + figure_number(p.at)});
  return table;
}

}  // namespace

std::string to_html(const StepFigure& figure) {
  check(figure);
  std::vector<HtmlTable> tables = {words_table(figure), at_risk_table(figure), steps_table(figure)};
  std::erase_if(tables, [](const HtmlTable& t) { return t.rows.empty(); });
  return figure_frame("step", figure.text, to_json(figure), tables);
}

}  // namespace oligosim

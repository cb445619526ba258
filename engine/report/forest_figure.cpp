#include <fmt/format.h>

#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

/// Two decimals, as papers print ratios; more where two would show nothing but zeros.
std::string short_number(double x) {
  if (std::isnan(x)) return "NA";
  if (std::isinf(x)) return x > 0 ? "∞" : "-∞";
  const double size = std::abs(x);
  if (size >= 100) return fmt::format("{:.0f}", x);
  if (size >= 0.1 || size == 0) return fmt::format("{:.2f}", x);
  return rounded(x, 2);
}

std::string row_text(const ForestFigure::Row& row) {
  if (row.heading) return "";
  if (!row.text.empty()) return row.text;
  if (std::isnan(row.estimate)) return row.missing.empty() ? "NA" : "–";
  if (std::isnan(row.lower) && std::isnan(row.upper)) return short_number(row.estimate);
  return short_number(row.estimate) + " (" + short_number(row.lower) + " to " + short_number(row.upper) + ")";
}

Json to_json(const ForestFigure& figure) {
  Json rows = Json::array();
  for (const ForestFigure::Row& r : figure.rows)
    rows.push_back({{"label", r.label},
                    {"indent", r.indent},
                    {"heading", r.heading},
                    {"summary", r.summary},
                    {"n", r.n},
                    {"events", r.events},
                    {"estimate", json_number(r.estimate)},
                    {"lower", json_number(r.lower)},
                    {"upper", json_number(r.upper)},
                    {"information", json_number(r.information)},
                    {"text", row_text(r)},
                    {"missing", r.missing}});
  return {{"estimate_label", figure.estimate_label},
          {"interval_label", figure.interval_label},
          {"n_label", figure.n_label},
          {"events_label", figure.events_label},
          {"below_label", figure.below_label},
          {"above_label", figure.above_label},
          {"log_axis", figure.log_axis},
          {"reference", json_number(figure.reference)},
          {"rows", rows}};
}

HtmlTable rows_table(const ForestFigure& figure) {
  HtmlTable table{
      .caption = figure.text.title,
      .header = {"Group", figure.n_label, figure.events_label, figure.estimate_label, "Lower", "Upper", "Status"},
      .rows = {},
      .text_columns = 1};
  std::string heading;
  for (const ForestFigure::Row& r : figure.rows) {
    if (r.indent == 0) heading = r.heading ? r.label + ": " : "";
    if (r.heading) continue;
    table.rows.push_back({(r.indent > 0 ? heading : "") + r.label, r.n, r.events, figure_number(r.estimate),
                          figure_number(r.lower), figure_number(r.upper), r.missing.empty() ? "ok" : r.missing});
  }
  return table;
}

}  // namespace

std::string to_html(const ForestFigure& figure) {
  const HtmlTable table = rows_table(figure);
  return figure_frame("forest", figure.text, to_json(figure), {&table, 1});
}

}  // namespace oligosim

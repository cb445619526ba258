#include <algorithm>

#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

struct Histogram {
  std::vector<double> edges;  // one more than counts
  std::vector<double> counts;
  std::size_t left_out = 0;
};

/// Bins of equal width (on the log scale where asked), as many as Freedman and Diaconis (1981) say, 5 to 60.
Histogram histogram(std::span<const double> values, bool log_axis) {
  Histogram h;
  std::vector<double> x;
  for (const double v : values)
    if (std::isfinite(v) && (!log_axis || v > 0)) x.push_back(log_axis ? std::log(v) : v);
  h.left_out = values.size() - x.size();
  if (x.empty()) return h;
  std::sort(x.begin(), x.end());
  double low = x.front(), high = x.back();
  const auto n = static_cast<double>(x.size());
  const double quartiles = x[x.size() * 3 / 4] - x[x.size() / 4];
  const double wanted = quartiles > 0 ? (high - low) * std::cbrt(n) / (2 * quartiles) : 5;
  const auto bins = static_cast<std::size_t>(std::clamp(std::ceil(wanted), 5.0, 60.0));
  if (const double tiny = 1e-9 * std::max(std::abs(low), std::abs(high)); high - low <= tiny) {  // all the same
    const double around = low == 0 ? 1 : 0.05 * std::abs(low);
    low -= around;
    high += around;
  }
  const double width = (high - low) / static_cast<double>(bins);
  h.counts.assign(bins, 0);
  for (const double v : x) ++h.counts[std::min(bins - 1, static_cast<std::size_t>((v - low) / width))];
  for (std::size_t i = 0; i <= bins; ++i) {
    const double edge = low + width * static_cast<double>(i);
    h.edges.push_back(log_axis ? std::exp(edge) : edge);
  }
  return h;
}

Json to_json(const DistributionFigure& figure, const Histogram& h) {
  Json marks = Json::array();
  for (const DistributionFigure::Mark& m : figure.marks)
    marks.push_back({{"label", m.label}, {"value", json_number(m.value)}});
  return {{"value_label", figure.value_label},
          {"count_label", figure.count_label},
          {"log_axis", figure.log_axis},
          {"edges", json_numbers(h.edges)},
          {"counts", json_numbers(h.counts)},
          {"marks", marks},
          {"lower", json_number(figure.lower)},
          {"upper", json_number(figure.upper)},
          {"interval_label", figure.interval_label}};
}

HtmlTable marks_table(const DistributionFigure& figure) {
  HtmlTable table{.caption = figure.text.title + ": marks", .header = {"Mark", figure.value_label}, .rows = {}};
  for (const DistributionFigure::Mark& m : figure.marks) table.rows.push_back({m.label, figure_number(m.value)});
  if (!std::isnan(figure.lower) || !std::isnan(figure.upper)) {
    table.rows.push_back({figure.interval_label + ", lower", figure_number(figure.lower)});
    table.rows.push_back({figure.interval_label + ", upper", figure_number(figure.upper)});
  }
  return table;
}

HtmlTable bins_table(const DistributionFigure& figure, const Histogram& h) {
  HtmlTable table{.caption = figure.text.title + ": bins (" + figure.value_label + ")",
                  .header = {"From", "To", figure.count_label},
                  .rows = {},
                  .text_columns = 0};
  for (std::size_t i = 0; i < h.counts.size(); ++i)
    table.rows.push_back({figure_number(h.edges[i]), figure_number(h.edges[i + 1]), rounded(h.counts[i], 15)});
  return table;
}

}  // namespace

std::string to_html(const DistributionFigure& figure) {
  const Histogram h = histogram(figure.values, figure.log_axis);
  std::vector<HtmlTable> tables = {marks_table(figure), bins_table(figure, h)};
  std::erase_if(tables, [](const HtmlTable& t) { return t.rows.empty(); });
  FigureText text = figure.text;
  if (h.left_out > 0)
    text.caption += " Not shown, since " + std::string(figure.log_axis ? "not finite or not positive" : "not finite") +
                    ": " + std::to_string(h.left_out) + " of " + std::to_string(figure.values.size()) + ".";
  return figure_frame("distribution", text, to_json(figure, h), tables);
}

}  // namespace oligosim

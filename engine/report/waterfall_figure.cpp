#include <algorithm>

#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

/// Measured bars, the largest growth first.
std::vector<WaterfallFigure::Bar> sorted(const WaterfallFigure& figure) {
  std::vector<WaterfallFigure::Bar> bars = figure.bars;
  std::erase_if(bars, [](const WaterfallFigure::Bar& b) { return !std::isfinite(b.change); });
  std::stable_sort(bars.begin(), bars.end(), [](const auto& a, const auto& b) { return a.change > b.change; });
  return bars;
}

std::vector<std::string> groups_of(const WaterfallFigure& figure) {
  std::vector<std::string> groups = figure.groups;
  for (const WaterfallFigure::Bar& b : figure.bars)
    if (std::find(groups.begin(), groups.end(), b.group) == groups.end()) groups.push_back(b.group);
  return groups;
}

Json to_json(const WaterfallFigure& figure) {
  Json bars = Json::array(), lines = Json::array();
  for (const WaterfallFigure::Bar& b : sorted(figure))
    bars.push_back(
        {{"name", b.name}, {"change", b.change}, {"group", b.group}, {"progression", b.progression}, {"note", b.note}});
  for (const WaterfallFigure::Line& l : figure.lines) lines.push_back({{"change", l.change}, {"label", l.label}});
  return {{"value_label", figure.value_label},
          {"progression_label", figure.progression_label},
          {"groups", groups_of(figure)},
          {"lines", lines},
          {"bars", bars}};
}

}  // namespace

std::string to_html(const WaterfallFigure& figure) {
  const std::vector<WaterfallFigure::Bar> bars = sorted(figure);
  HtmlTable table{.caption = figure.text.title,
                  .header = {"Patient", "Group", "Progression", figure.value_label},
                  .rows = {},
                  .text_columns = 3};
  for (const WaterfallFigure::Bar& b : bars) {
    const std::string progression = b.progression ? (b.note.empty() ? "yes" : "yes: " + b.note) : "no";
    table.rows.push_back({b.name, b.group, progression, figure_number(b.change)});
  }
  FigureText text = figure.text;
  if (const std::size_t left_out = figure.bars.size() - bars.size(); left_out > 0)
    text.caption += " Not measured and not shown: " + std::to_string(left_out) + ".";
  return figure_frame("waterfall", text, to_json(figure), {&table, 1});
}

}  // namespace oligosim

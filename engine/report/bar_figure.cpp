#include <stdexcept>

#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

Json to_json(const BarFigure& figure) {
  Json categories = Json::array();
  for (const BarFigure::Category& c : figure.categories) {
    Json bars = Json::array();
    for (const BarFigure::Bar& b : c.bars)
      bars.push_back({{"value", json_number(b.value)},
                      {"lower", json_number(b.lower)},
                      {"upper", json_number(b.upper)},
                      {"text", b.text}});
    categories.push_back({{"name", c.name}, {"bars", bars}});
  }
  return {{"value_label", figure.value_label},
          {"series", figure.series},
          {"stacked", figure.stacked},
          {"categories", categories}};
}

}  // namespace

std::string to_html(const BarFigure& figure) {
  HtmlTable table{.caption = figure.text.title,
                  .header = {"Category", "Series", "Count", figure.value_label, "Lower", "Upper"},
                  .rows = {},
                  .text_columns = 3};
  if (figure.stacked == 0 || figure.series.size() % figure.stacked != 0)
    throw std::invalid_argument("figure: series of bars are not a multiple of the stacked parts");
  for (const BarFigure::Category& c : figure.categories) {
    check_length("bars of a category", c.bars.size(), figure.series.size());
    for (std::size_t i = 0; i < c.bars.size(); ++i) {
      const BarFigure::Bar& b = c.bars[i];
      table.rows.push_back({c.name, figure.series[i], b.text, figure_percent(b.value), figure_percent(b.lower),
                            figure_percent(b.upper)});
    }
  }
  return figure_frame("bar", figure.text, to_json(figure), {&table, 1});
}

}  // namespace oligosim

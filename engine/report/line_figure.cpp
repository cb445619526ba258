#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

Json to_json(const LineFigure& figure) {
  Json series = Json::array(), lines = Json::array(), marks = Json::array();
  for (const LineFigure::Series& s : figure.series)
    series.push_back({{"name", s.name},
                      {"x", json_numbers(s.x)},
                      {"y", json_numbers(s.y)},
                      {"lower", json_numbers(s.lower)},
                      {"upper", json_numbers(s.upper)}});
  for (const LineFigure::Line& l : figure.lines) lines.push_back({{"label", l.label}, {"y", json_number(l.y)}});
  for (const LineFigure::Mark& m : figure.marks)
    marks.push_back({{"label", m.label}, {"x", json_number(m.x)}, {"y", json_number(m.y)}});
  return {{"x_label", figure.x_label},
          {"y_label", figure.y_label},
          {"log_x", figure.log_x},
          {"share", figure.share},
          {"points", figure.points},
          {"interval", figure.interval == LineFigure::Interval::ribbon ? "ribbon" : "bars"},
          {"lines", lines},
          {"marks", marks},
          {"series", series}};
}

}  // namespace

std::string to_html(const LineFigure& figure) {
  const auto number = [&](double y) { return figure.share ? figure_percent(y) : figure_number(y); };
  HtmlTable table{.caption = figure.text.title,
                  .header = {"Series", figure.x_label, figure.y_label, "Lower", "Upper"},
                  .rows = {},
                  .text_columns = 1};
  for (const LineFigure::Series& s : figure.series) {
    check_length("y", s.y.size(), s.x.size());
    check_optional_length("lower", s.lower.size(), s.x.size());
    check_optional_length("upper", s.upper.size(), s.x.size());
    for (std::size_t i = 0; i < s.x.size(); ++i)
      table.rows.push_back({s.name, figure_number(s.x[i]), number(s.y[i]),
                            number(s.lower.empty() ? absent : s.lower[i]),
                            number(s.upper.empty() ? absent : s.upper[i])});
  }
  return figure_frame("line", figure.text, to_json(figure), {&table, 1});
}

}  // namespace oligosim

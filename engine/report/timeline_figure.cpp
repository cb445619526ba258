#include "engine/report/figure_frame.hpp"

namespace oligosim {

std::string to_html(const TimelineFigure& figure) {
  HtmlTable table{.caption = figure.text.title,
                  .header = {"Row", "Event", "Month", "5 %", "95 %", "Share of trials"},
                  .rows = {},
                  .text_columns = 2};
  Json rows = Json::array();
  for (const TimelineFigure::Row& r : figure.rows) {
    Json looks = Json::array();
    table.rows.push_back({r.label, "last patient enters", figure_number(r.last_entry), "", "", ""});
    for (const TimelineFigure::Look& l : r.looks) {
      looks.push_back({{"label", l.label},
                       {"month", json_number(l.month)},
                       {"lower", json_number(l.lower)},
                       {"upper", json_number(l.upper)},
                       {"share", json_number(l.share)}});
      table.rows.push_back({r.label, l.label, figure_number(l.month), figure_number(l.lower), figure_number(l.upper),
                            figure_percent(l.share)});
    }
    table.rows.push_back({r.label, "end", figure_number(r.end), "", "", ""});
    rows.push_back(
        {{"label", r.label}, {"last_entry", json_number(r.last_entry)}, {"end", json_number(r.end)}, {"looks", looks}});
  }
  return figure_frame("timeline", figure.text, {{"rows", rows}}, {&table, 1});
}

}  // namespace oligosim

#include <algorithm>
#include <cmath>

#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

bool known(const ZipFigure::Interval& i) {
  return !std::isnan(i.distance) && std::isfinite(i.estimate) && !std::isnan(i.lower) && !std::isnan(i.upper);
}

/// Those known, the nearest to the truth first.
std::vector<ZipFigure::Interval> ordered(const ZipFigure& figure) {
  std::vector<ZipFigure::Interval> intervals;
  for (const ZipFigure::Interval& i : figure.intervals)
    if (known(i)) intervals.push_back(i);
  std::ranges::stable_sort(intervals, {}, [](const ZipFigure::Interval& i) { return std::abs(i.distance); });
  return intervals;
}

}  // namespace

std::string to_html(const ZipFigure& figure) {
  const std::vector<ZipFigure::Interval> intervals = ordered(figure);
  Json rows = Json::array();
  std::size_t above = 0, below = 0;
  for (const ZipFigure::Interval& i : intervals) {
    above += i.lower > figure.truth;
    below += i.upper < figure.truth;
    rows.push_back({json_number(i.estimate), json_number(i.lower), json_number(i.upper)});
  }
  const auto share = [&](std::size_t count) {
    return figure_percent(intervals.empty() ? absent
                                            : static_cast<double>(count) / static_cast<double>(intervals.size()));
  };
  const HtmlTable table{
      .caption = figure.text.title,
      .header = {"Intervals drawn", "not known", "true value", "hold it", "lie below it", "lie above it"},
      .rows = {{std::to_string(intervals.size()), std::to_string(figure.intervals.size() - intervals.size()),
                figure_number(figure.truth), share(intervals.size() - above - below), share(below), share(above)}},
      .text_columns = 0};
  const Json data = {{"value_label", figure.value_label},
                     {"log_axis", figure.log_axis},
                     {"truth", json_number(figure.truth)},
                     {"nominal", figure.nominal},
                     {"intervals", rows}};
  return figure_frame("zip", figure.text, data, {&table, 1});
}

}  // namespace oligosim

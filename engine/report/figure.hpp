#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace oligosim {

// Figures as plain numbers and words. to_html gives a <figure> for the body of an html_page: title, caption, the chart
// (drawn by the page's script from the figure's JSON) and the numbers behind it as a table, which is all that a reader
// without JavaScript, or a build without charts, needs. NaN is "not there"; infinite limits are drawn as arrows.
// Every text is escaped; shares are 0 to 1 and shown in percent. Vectors of one group have the same length; to_html
// throws std::invalid_argument where they have not.

inline constexpr double absent = std::numeric_limits<double>::quiet_NaN();

/// What every figure says in words.
struct FigureText {
  std::string title;
  std::string caption;  // what is shown and how to read it: one or two sentences
  std::string summary;  // what a reader who cannot see the chart should know of it; empty: the title alone
};

/// A value of another source, drawn beside ours.
struct PublishedValue {
  std::string label;  // "published: 52 % (Song 2025)"
  double at = absent;
  double value = absent;
  double lower = absent, upper = absent;
};

/// Step curves over time: survival (falling from 1) or cumulative incidence (rising from 0).
struct StepFigure {
  struct Group {
    std::string name;
    // value[i], with its interval, holds from time[i] up to time[i + 1]; before time[0] the curve is at its start.
    std::vector<double> time, value, lower, upper;  // times ascend; lower and upper may be empty
    double last_time = absent;                      // end of observation: as far as the curve goes; NaN: its last step
    std::vector<double> censored;                   // times, marked on the curve
    std::vector<double> at_risk;                    // as many as StepFigure::ticks, or empty
    double median = absent;                         // where it is reached
  };
  FigureText text;
  bool rising = false;
  std::string cause;  // of a cumulative incidence
  std::string time_label = "Months";
  std::string value_label;
  std::vector<double> ticks;  // of the time axis, with the numbers at risk below; empty: chosen by the chart
  std::vector<Group> groups;
  bool median_lines = false;
  std::vector<std::string> notes;  // inside the frame: "log-rank p = 0.03", one line each
  std::vector<PublishedValue> published;
};
std::string to_html(const StepFigure& figure);

/// Estimates with their intervals, one a row, on a log axis (ratios) or a plain one (differences).
struct ForestFigure {
  struct Row {
    std::string label;
    int indent = 0;
    bool heading = false;   // words alone
    bool summary = false;   // a diamond: the whole population
    std::string n, events;  // as they are to be read: "23 / 28"
    double estimate = absent, lower = absent, upper = absent;
    double information = absent;  // the box's area: events, or 1 / variance
    std::string text;             // "0.63 (0.41 to 0.97)"; empty: written from the numbers
    std::string missing;          // why there is no estimate, in words: "no events"
  };
  FigureText text;
  std::string estimate_label = "Hazard ratio";
  std::string interval_label = "95 % CI";
  std::string n_label = "n", events_label = "Events";
  std::string below_label, above_label;  // under the axis: "favours SBRT", "favours control"
  bool log_axis = true;
  double reference = 1;  // NaN: no line
  std::vector<Row> rows;
};
std::string to_html(const ForestFigure& figure);

/// One bar a patient, sorted from the largest growth to the deepest shrinkage.
struct WaterfallFigure {
  struct Bar {
    std::string name;        // the patient
    double change = absent;  // percent; NaN: not measured, left out and counted
    std::string group;       // gives the colour
    bool progression = false;
    std::string note;  // of the mark: "new lesion"
  };
  struct Line {
    double change;
    std::string label;
  };
  FigureText text;
  std::string value_label = "Best change of the sum of diameters (%)";
  std::string progression_label = "progression";
  std::vector<std::string> groups;  // in the order of the legend; empty: as they appear
  std::vector<Line> lines = {{-30, "−30 %"}, {20, "+20 %"}};
  std::vector<Bar> bars;
};
std::string to_html(const WaterfallFigure& figure);

/// A histogram of many numbers (bootstrap resamples, Monte Carlo replicates) with marks at single values.
struct DistributionFigure {
  struct Mark {
    std::string label;
    double value = absent;
  };
  FigureText text;
  std::string value_label;
  std::string count_label = "Resamples";
  bool log_axis = false;       // for ratios: bins of equal width on the log scale
  std::vector<double> values;  // those that are not finite (or not positive on a log axis) are counted, not drawn
  std::vector<Mark> marks;     // estimate, published value
  double lower = absent, upper = absent;  // the interval, drawn as a band; NaN: none
  std::string interval_label = "95 % interval";
};
std::string to_html(const DistributionFigure& figure);

/// Shares with their intervals, in groups of bars: toxicity by term and grade, response by cohort. Stacked, so many
/// series at a time are parts of one bar (grade 1-2, grade 3 or more), whose intervals are in the table only.
struct BarFigure {
  struct Bar {
    double value = absent, lower = absent, upper = absent;
    std::string text;  // "5 / 37"
  };
  struct Category {
    std::string name;
    std::vector<Bar> bars;  // one a series
  };
  FigureText text;
  std::string value_label;
  std::vector<std::string> series;
  std::size_t stacked = 1;  // parts of a bar: the number of series is a multiple
  std::vector<Category> categories;
};
std::string to_html(const BarFigure& figure);

/// y against x by series: power curves, coverage by sample size, convergence.
struct LineFigure {
  struct Series {
    std::string name;
    std::vector<double> x, y, lower, upper;  // lower and upper may be empty
  };
  enum class Interval { bars, ribbon };
  struct Line {
    std::string label;
    double y;
  };
  struct Mark {
    std::string label;
    double x;
    double y = absent;  // with it: a point on the line
  };
  FigureText text;
  std::string x_label, y_label;
  bool log_x = false;
  bool share = false;  // y is a share, 0 to 1
  bool points = true;
  Interval interval = Interval::bars;
  std::vector<Line> lines;  // horizontal: "80 %"
  std::vector<Mark> marks;  // vertical: "248 patients"
  std::vector<Series> series;
};
std::string to_html(const LineFigure& figure);

/// Intervals of many replicates about one true value, ordered by how far their estimates are from it in standard
/// errors: a zip plot (Morris, White and Crowther 2019). Those that miss are drawn apart.
struct ZipFigure {
  struct Interval {
    double estimate = absent, lower = absent, upper = absent;  // infinite limits end in the frame
    double distance = absent;                                  // from the truth, in standard errors
  };
  FigureText text;
  std::string value_label;
  bool log_axis = false;  // for ratios
  double truth = absent;
  double nominal = 0.95;
  std::vector<Interval> intervals;  // in any order; those that are not known are left out and counted
};
std::string to_html(const ZipFigure& figure);

/// Trials in calendar time, one row a scenario: while patients enter, follow-up after it, and when looks are held.
struct TimelineFigure {
  struct Look {
    std::string label;                                      // "look 1"
    double month = absent, lower = absent, upper = absent;  // median, and the range of the middle 90 %
    double share = absent;                                  // of the trials that hold it
  };
  struct Row {
    std::string label;
    double last_entry = absent;  // median month
    double end = absent;         // median month of the last data cut
    std::vector<Look> looks;
  };
  FigureText text;
  std::vector<Row> rows;
};
std::string to_html(const TimelineFigure& figure);

}  // namespace oligosim

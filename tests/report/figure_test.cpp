#include "engine/report/figure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/report/figure_frame.hpp"

namespace oligosim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr double nan = absent, infinity = std::numeric_limits<double>::infinity();

/// The data of a figure, as the page's script reads them.
nlohmann::json data_of(const std::string& html) {
  const std::string open = "<script type=\"application/json\">";
  const std::size_t begin = html.find(open) + open.size();
  return nlohmann::json::parse(html.substr(begin, html.find("</script>", begin) - begin));
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

TEST(Figure, OracleJsonInsideAScriptElement) {
  EXPECT_EQ(script_json({{"a", "</script><!-- & \u2028"}}), R"({"a":"\u003c/script\u003e\u003c!-- \u0026 \u2028"})");
  EXPECT_EQ(script_json({{"a", "\xff"}}), R"({"a":"\ufffd"})");
  EXPECT_EQ(script_json(json_numbers(std::vector<double>{1.5, nan, infinity, -infinity})),
            R"([1.5,null,"Inf","-Inf"])");
}

TEST(Figure, PropertyHostileNamesStayWords) {
  for (const std::string name :
       {"</script><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "<!-- <script>"}) {
    const FigureText text{name, name, name};
    const std::string figures[] = {
        to_html(StepFigure{.text = text, .groups = {{.name = name, .time = {1}, .value = {0.5}}}, .notes = {name}}),
        to_html(ForestFigure{.text = text, .rows = {{.label = name, .missing = name}}}),
        to_html(WaterfallFigure{.text = text, .bars = {{name, 1, name, true, name}}}),
        to_html(DistributionFigure{.text = text, .values = {1, 2}, .marks = {{name, 1}}}),
        to_html(BarFigure{.text = text, .series = {name}, .categories = {{name, {{0.5, 0.1, 0.9, name}}}}}),
        to_html(LineFigure{.text = text, .series = {{.name = name, .x = {1}, .y = {1}}}}),
        to_html(ZipFigure{.text = text, .value_label = name, .intervals = {{1, 0, 2, 0}}}),
        to_html(TimelineFigure{.text = text, .rows = {{.label = name, .looks = {{name, 1, 1, 1, 1}}}}})};
    for (const std::string& html : figures) {
      EXPECT_EQ(count(html, "<script"), 1u);
      EXPECT_EQ(count(html, "</script"), 1u);
      EXPECT_EQ(count(html, "<!--"), 0u);
      EXPECT_EQ(count(html, "<img"), 0u);
      EXPECT_EQ(count(html, "<figure"), 1u);
      EXPECT_THAT(data_of(html).dump(), HasSubstr(nlohmann::json(name).dump()));
    }
  }
}

TEST(Figure, OracleStepFigureSaysEverythingInItsTables) {
  const std::string html = to_html(StepFigure{.text = {"Survival", "Caption.", "Falls."},
                                              .value_label = "Alive (%)",
                                              .ticks = {0, 6},
                                              .groups = {{.name = "SBRT",
                                                          .time = {1.5, 3},
                                                          .value = {0.75, 0.5},
                                                          .lower = {0.4, nan},
                                                          .upper = {1, nan},
                                                          .last_time = 7,
                                                          .censored = {2},
                                                          .at_risk = {4, 1}}},
                                              .median_lines = true,
                                              .notes = {"log-rank p = 0.5"},
                                              .published = {{"published", 6, 0.6}}});
  EXPECT_THAT(html, HasSubstr("aria-label=\"Survival\" data-summary=\"Survival. Falls.\""));
  EXPECT_THAT(html, HasSubstr("<td class=\"w\">SBRT</td><td>1.5</td><td>75 %</td><td>40 %</td><td>100 %</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"w\">SBRT</td><td>3</td><td>50 %</td><td>NA</td><td>NA</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"w\">SBRT</td><td>4</td><td>1</td>"));
  EXPECT_THAT(html, HasSubstr("SBRT, median</td><td class=\"w\">not reached"));
  EXPECT_THAT(html, HasSubstr("log-rank p = 0.5</td>"));
  EXPECT_THAT(html, HasSubstr("60 % at 6</td>"));
  const nlohmann::json data = data_of(html);
  EXPECT_EQ(data["groups"][0]["lower"][1], nullptr);
  EXPECT_EQ(data["groups"][0]["last_time"], 7);
}

TEST(Figure, OracleColumnsOfUnequalLengthAreRefused) {
  EXPECT_THROW(to_html(StepFigure{.groups = {{.time = {1, 2}, .value = {0.5}}}}), std::invalid_argument);
  EXPECT_THROW(to_html(StepFigure{.groups = {{.time = {1}, .value = {0.5}, .lower = {0.1, 0.2}}}}),
               std::invalid_argument);
  EXPECT_THROW(to_html(StepFigure{.ticks = {0, 6}, .groups = {{.at_risk = {3}}}}), std::invalid_argument);
  EXPECT_THROW(to_html(LineFigure{.series = {{.x = {1}, .y = {}}}}), std::invalid_argument);
  EXPECT_THROW(to_html(BarFigure{.series = {"a", "b"}, .categories = {{"c", {{0.5}}}}}), std::invalid_argument);
}

TEST(Figure, OracleForestRowsInWords) {
  const std::string html = to_html(
      ForestFigure{.text = {"Subgroups", "", ""},
                   .rows = {{.label = "Line", .heading = true},
                            {.label = "first", .indent = 1, .estimate = 0.634, .lower = 0.41, .upper = infinity},
                            {.label = "later", .indent = 1, .missing = "no events"},
                            {.label = "all", .estimate = 0.00123, .lower = 123.4, .upper = nan}}});
  const nlohmann::json rows = data_of(html)["rows"];
  EXPECT_EQ(rows[0]["text"], "");
  EXPECT_EQ(rows[1]["text"], "0.63 (0.41 to ∞)");
  EXPECT_EQ(rows[1]["upper"], "Inf");
  EXPECT_EQ(rows[2]["text"], "–");
  EXPECT_EQ(rows[3]["text"], "0.0012 (123 to NA)");
  EXPECT_THAT(html, HasSubstr("<td class=\"w\">Line: first</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"w\">Line: later</td><td></td><td></td><td>NA</td><td>NA</td><td>NA</td>"
                              "<td>no events</td>"));
}

TEST(Figure, OracleWaterfallIsSortedAndCountsWhatIsLeftOut) {
  const std::string html = to_html(WaterfallFigure{
      .text = {"Waterfall", "Caption.", ""},
      .bars = {{"a", -50, "PR"}, {"b", nan, "NE"}, {"c", 25, "PD", true, "new lesion"}, {"d", -50, "PR"}}});
  std::vector<std::string> names;
  const nlohmann::json data = data_of(html);
  for (const auto& bar : data["bars"]) names.push_back(bar["name"]);
  EXPECT_THAT(names, ElementsAre("c", "a", "d"));
  EXPECT_THAT(html, HasSubstr("Caption. Not measured and not shown: 1."));
  EXPECT_THAT(html, HasSubstr("yes: new lesion"));
  EXPECT_EQ(data["groups"], nlohmann::json({"PR", "NE", "PD"}));
}

TEST(Figure, PropertyHistogramCountsEveryFiniteValueOnce) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(std::exp(0.7 * std::sin(i * 1.7)));
  values.insert(values.end(), {nan, infinity, 0, -1});
  for (const bool log_axis : {false, true}) {
    const std::string html =
        to_html(DistributionFigure{.text = {"D", "C.", ""}, .log_axis = log_axis, .values = values});
    const nlohmann::json data = data_of(html);
    const std::vector<double> edges = data["edges"], counts = data["counts"];
    ASSERT_EQ(edges.size(), counts.size() + 1);
    double total = 0;
    for (std::size_t b = 0; b < counts.size(); ++b) {
      total += counts[b];
      double inside = 0;  // counted again, edge by edge; the last bin has its upper edge
      for (const double v : values)
        inside += v >= edges[b] && (v < edges[b + 1] || (b + 1 == counts.size() && std::isfinite(v)));
      EXPECT_NEAR(counts[b], inside, 1) << b;  // a value on an edge may fall on either side by rounding
    }
    EXPECT_EQ(total, log_axis ? 1000 : 1002);
    EXPECT_THAT(html, HasSubstr(log_axis ? "not finite or not positive: 4 of 1004." : "not finite: 2 of 1004."));
  }
}

TEST(Figure, OracleDegenerateDistributions) {
  for (const double v : {0.0, 2.0, -3.0, 1e-300, 1e300}) {
    const nlohmann::json data = data_of(to_html(DistributionFigure{.values = {v, v, v}}));
    EXPECT_LT(data["edges"].front(), v);
    EXPECT_GT(data["edges"].back(), v);
    double total = 0;
    for (const double n : data["counts"]) total += n;
    EXPECT_EQ(total, 3);
  }
  EXPECT_EQ(data_of(to_html(DistributionFigure{.values = {nan}}))["counts"], nlohmann::json::array());
}

TEST(Figure, OracleSharesAreInPercentAndCountsInWords) {
  const std::string bar = to_html(BarFigure{.text = {"B", "", ""},
                                            .value_label = "Patients (%)",
                                            .series = {"grade 3"},
                                            .categories = {{"Fatigue", {{0.125, 0.05, infinity, "1 / 8"}}}}});
  EXPECT_THAT(bar, HasSubstr("<td class=\"w\">Fatigue</td><td class=\"w\">grade 3</td><td class=\"w\">1 / 8</td>"
                             "<td>12.5 %</td><td>5 %</td>"));
  const std::string line = to_html(LineFigure{.share = true, .series = {{.name = "s", .x = {10}, .y = {0.8}}}});
  EXPECT_THAT(line, HasSubstr("<td>10</td><td>80 %</td><td>NA</td><td>NA</td>"));
  EXPECT_EQ(data_of(line)["interval"], "bars");
  const std::string marked = to_html(LineFigure{.marks = {{"here", 3}}, .series = {{.name = "s", .x = {1}, .y = {2}}}});
  EXPECT_EQ(data_of(marked)["marks"][0]["label"], "here");
  EXPECT_EQ(data_of(marked)["marks"][0]["x"], 3);
}

TEST(Figure, ContractStackedBarsAreWholeNumbersOfParts) {
  const BarFigure figure{.series = {"a, low", "a, high", "b, low", "b, high"},
                         .stacked = 2,
                         .categories = {{"c", {{0.5}, {0.25}, {0}, {nan}}}}};
  EXPECT_EQ(data_of(to_html(figure))["stacked"], 2);
  EXPECT_EQ(data_of(to_html(BarFigure{.series = {"a"}}))["stacked"], 1);
  EXPECT_THROW(to_html(BarFigure{.series = {"a", "b", "c"}, .stacked = 2}), std::invalid_argument);
  EXPECT_THROW(to_html(BarFigure{.series = {"a"}, .stacked = 0}), std::invalid_argument);
}

TEST(Figure, OracleZipIsOrderedByDistanceAndCountsMisses) {
  const std::string html = to_html(ZipFigure{.text = {"Z", "", ""},
                                             .truth = 1,
                                             .intervals = {{2, 1.5, 2.5, 2},       // above the truth
                                                           {0.9, 0.5, 1.4, -0.2},  // holds it
                                                           {0.4, 0.1, 0.8, -3},    // below it
                                                           {1.1, 0.6, infinity, 0.3},
                                                           {nan, nan, nan, nan}}});
  const nlohmann::json data = data_of(html);
  std::vector<double> estimates;
  for (const auto& interval : data["intervals"]) estimates.push_back(interval[0]);
  EXPECT_THAT(estimates, ElementsAre(0.9, 1.1, 2, 0.4));
  EXPECT_EQ(data["intervals"][1][2], "Inf");
  for (const char* cell : {"<td>4</td>", "<td>1</td>", "<td>50 %</td>", "<td>25 %</td>"})
    EXPECT_THAT(html, HasSubstr(cell));
}

TEST(Figure, PropertyReadsWithoutJavaScript) {
  const std::string html =
      to_html(LineFigure{.text = {"L", "Caption.", ""}, .series = {{.name = "s", .x = {1}, .y = {2}}}});
  EXPECT_THAT(html, HasSubstr("<figcaption><b>L</b> Caption.</figcaption>"));
  EXPECT_THAT(html, HasSubstr("<details open>"));
  EXPECT_THAT(html, Not(HasSubstr("<noscript")));
}

}  // namespace
}  // namespace oligosim

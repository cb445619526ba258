#include "models/study/page/interval_page.hpp"

#include <algorithm>

#include "engine/io/number.hpp"
#include "engine/report/html.hpp"
#include "models/analysis/analysis_page.hpp"
#include "models/analysis/label_text.hpp"

namespace oligosim {
namespace {

std::string recommended(const IntervalChoice& choice) {
  if (!choice.best) return "none holds";
  const IntervalKind& kind = choice.kinds[*choice.best];
  return kind.name + ", " + percent(kind.coverage.value);
}

std::string recommendation_table(const Study& study, std::span<const IntervalChoice> choices) {
  HtmlTable table{.caption =
                      "The interval to take, and its coverage. Of the kinds whose coverage is not below the "
                      "nominal one by more than a point (within two Monte Carlo standard errors) and that can be "
                      "made in 99 % of the replicates, the one whose two tails, each on its own, miss most "
                      "nearly what they may.",
                  .header = {"number"},
                  .rows = {},
                  .text_columns = 1};
  for (const Scenario& s : study.scenarios) table.header.push_back(s.name);
  std::vector<std::string> numbers;
  for (const IntervalChoice& c : choices)
    if (std::ranges::find(numbers, label_text(c.label)) == numbers.end()) numbers.push_back(label_text(c.label));
  for (const std::string& number : numbers) {
    std::vector<std::string> line = {number};
    for (const Scenario& s : study.scenarios) {
      const auto own = std::ranges::find_if(
          choices, [&](const IntervalChoice& c) { return c.scenario == s.name && label_text(c.label) == number; });
      line.push_back(own == choices.end() ? "" : recommended(*own));
    }
    table.rows.push_back(line);
  }
  return to_html(table);
}

std::string kinds_table(const std::string& scenario, std::span<const IntervalChoice> choices) {
  HtmlTable table{.caption = "Scenario " + scenario +
                             ": every kind of interval. An infinite limit covers; not reached: share of the "
                             "intervals with one, without which the coverage would be that in brackets. Not made: "
                             "share of replicates without the interval. Enumerated: exact coverage of a binomial "
                             "interval if every patient is evaluable. Width of finite intervals, of a ratio on the "
                             "log scale.",
                  .header = {"number", "interval", "coverage", "truth below", "truth above", "not reached", "not made",
                             "width", "enumerated"},
                  .rows = {},
                  .text_columns = 2};
  const auto shown = [](const Measure& m) { return percent(m.value) + " ± " + percent(m.mcse); };
  for (const IntervalChoice& c : choices) {
    if (c.scenario != scenario) continue;
    for (const IntervalKind& k : c.kinds)
      table.rows.push_back({label_text(c.label), k.name, shown(k.coverage) + " (" + percent(k.coverage_reached) + ")",
                            shown(k.miss_below), shown(k.miss_above), percent(k.not_reached), percent(k.not_made),
                            rounded(k.width, 3), k.enumerated ? percent(k.enumerated->coverage) : ""});
  }
  return table.rows.empty() ? "" : to_html(table);
}

}  // namespace

std::string interval_section(const Study& study, std::span<const IntervalChoice> choices) {
  if (choices.empty()) return "";
  std::string html = "<h2>Which interval to take</h2>\n" + recommendation_table(study, choices);
  for (const Scenario& s : study.scenarios) html += kinds_table(s.name, choices);
  return html;
}

}  // namespace oligosim

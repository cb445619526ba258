#include "models/study/page/failure_page.hpp"

#include "engine/io/number.hpp"
#include "engine/report/html.hpp"
#include "models/analysis/label_text.hpp"
#include "models/study/page/estimate_rows.hpp"
#include "models/study/page/formula_cells.hpp"

namespace oligosim {
namespace {

std::string with_error(const Measure& m) { return percent(m.value) + " ± " + percent(m.mcse); }

std::string limit_text(const FailureLimit& limit) {
  std::string names;
  for (const std::string& name : limit.analyses) names += (names.empty() ? "" : ", ") + name;
  return "<p>The study allows " + percent(limit.at_most) + " of the replicates without a number of " +
         html_escaped(names) + ".</p>\n";
}

}  // namespace

std::string failure_section(const Study& study, std::span<const SummaryRow> rows) {
  HtmlTable table{
      .caption =
          "Tests that could not be made in some replicates, and the share that rejects: if they count as "
          "not rejecting, as everywhere else on this page, and if they are left out; ± Monte Carlo "
          "standard error.",
      .header = {"scenario", "analysis", "replicates without", "share", "power, not rejecting", "power, left out"},
      .rows = {},
      .text_columns = 2};
  for (const SummaryRow& r : rows) {
    if (r.metric != "power" || r.measure.n_missing == 0 || r.label.log_scale) continue;
    const SummaryRow* others = EstimateRows(rows, r.scenario, r.label).find("power_excluding_missing");
    const double share = static_cast<double>(r.measure.n_missing) / static_cast<double>(r.measure.n_replicates);
    table.rows.push_back({r.scenario, label_text(r.label), std::to_string(r.measure.n_missing), percent(share),
                          with_error(r.measure), with_error(others->measure)});
  }
  const std::optional<FailureLimit>& limit = study.scenarios.front().failures;
  if (table.rows.empty() && !limit) return "";
  return "<h2>Replicates without a result</h2>\n" + (limit ? limit_text(*limit) : "") +
         (table.rows.empty() ? "<p>Every test was made in every replicate.</p>\n" : to_html(table));
}

}  // namespace oligosim

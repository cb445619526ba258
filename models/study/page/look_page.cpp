#include "models/study/page/look_page.hpp"

#include "engine/io/number.hpp"
#include "engine/report/html.hpp"

namespace oligosim {

std::string look_section(const Study& study, std::span<const SummaryRow> rows) {
  if (study.scenarios.front().at_looks.empty()) return "";
  HtmlTable table{.caption =
                      "What looks come with, in the trials that hold them; ± Monte Carlo standard error. What each "
                      "analysis shows there is in summary.csv",
                  .header = {"scenario", "look", "trials", "patients", "events", "months"},
                  .rows = {},
                  .text_columns = 1};
  for (const Scenario& s : study.scenarios)
    for (const int look : s.at_looks) {
      const std::string at = std::to_string(look);
      std::vector<std::string> line = {s.name, at};
      for (const char* metric : {"expected_n", "expected_events", "expected_duration_months"}) {
        const SummaryRow* row = find_row(rows, s.name, metric, at, s.design->primary());
        const Measure& m = row->measure;
        if (line.size() == 2)
          line.push_back(
              percent(static_cast<double>(m.n_replicates) / static_cast<double>(m.n_replicates + m.n_missing)));
        line.push_back(m.n_replicates == 0 ? "NA" : rounded(m.value, 4) + " ± " + rounded(m.mcse, 2));
      }
      table.rows.push_back(std::move(line));
    }
  return to_html(table);
}

}  // namespace oligosim

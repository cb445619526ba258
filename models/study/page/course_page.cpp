#include "models/study/page/course_page.hpp"

#include "engine/report/html.hpp"
#include "models/study/page/formula_cells.hpp"

namespace oligosim {
namespace {

const SummaryRow* find_course(std::span<const SummaryRow> rows, const std::string& scenario, const char* metric,
                              const std::string& course) {
  for (const SummaryRow& row : rows)
    if (row.scenario == scenario && row.metric == metric && row.label.term == course) return &row;
  return nullptr;
}

std::string with_error(const SummaryRow* row, bool share) {
  if (!row || row->measure.n_replicates == 0) return "";
  const Measure& m = row->measure;
  return share ? percent(m.value) + " ± " + percent(m.mcse) : rounded(m.value, 4) + " ± " + rounded(m.mcse, 2);
}

std::string courses_table(const Study& study, std::span<const SummaryRow> rows) {
  HtmlTable table{
      .caption =
          "How often the interim look chooses each way to go on, and the trials that take it; ± Monte Carlo "
          "standard error",
      .header = {"scenario", "goes on", "trials", "claim efficacy", "patients", "events", "months"},
      .rows = {},
      .text_columns = 2};
  for (const Scenario& s : study.scenarios)
    for (const std::string& course : s.design->courses()) {
      const auto cell = [&](const char* metric, bool share) {
        return with_error(find_course(rows, s.name, metric, course), share);
      };
      table.rows.push_back({s.name, course, cell("course_share", true), cell("course_reject", true),
                            cell("course_expected_n", false), cell("course_expected_events", false),
                            cell("course_expected_duration_months", false)});
    }
  return to_html(table);
}

}  // namespace

std::string course_section(const Study& study, std::span<const SummaryRow> rows) {
  const Design& design = *study.scenarios.front().design;
  std::string html;
  for (const std::string& rule : design.rules()) html += "<li>" + html_escaped(rule) + "</li>\n";
  if (!html.empty()) html = "<ul>\n" + html + "</ul>\n";
  return design.courses().empty() ? html : html + courses_table(study, rows);
}

}  // namespace oligosim

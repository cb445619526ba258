#include "models/study/page/multiplicity_page.hpp"

#include "engine/io/number.hpp"
#include "engine/report/html.hpp"
#include "models/study/page/formula_cells.hpp"

namespace oligosim {
namespace {

std::string caption(const Design& design) {
  if (design.cohorts())
    return "How often each cohort is claimed. The rule looks at probabilities; that few trials claim a cohort without "
           "effect has to be seen from them";
  const Multiplicity* multiplicity = design.multiplicity();
  return "Hypotheses tested together (" + (multiplicity ? multiplicity->procedure_name() : "a closed test") +
         "), so that at most " + percent(design.alpha()) +
         " of trials reject one that is true: how often each is rejected, at the look where it is or the trial stops" +
         (multiplicity && multiplicity->until_all() ? "; the trial goes on until all are" : "");
}

void add_line(HtmlTable& table, const std::string& name, const Study& study, std::span<const SummaryRow> rows,
              const char* metric, const std::string& analysis) {
  table.rows.push_back({name});
  for (const Scenario& s : study.scenarios) {
    const SummaryRow* row = find_row(rows, s.name, metric, "final", analysis);
    table.rows.back().push_back(row ? percent(row->measure.value) + " ± " + percent(row->measure.mcse) : "");
  }
}

}  // namespace

std::string multiplicity_table(const Study& study, std::span<const SummaryRow> rows) {
  const Design& design = *study.scenarios.front().design;
  if (design.hypotheses().empty()) return "";
  HtmlTable table{.caption = caption(design), .header = {"hypothesis"}, .rows = {}, .text_columns = 1};
  bool nulls = false;
  for (const Scenario& s : study.scenarios) {
    table.header.push_back(s.name);
    nulls = nulls || s.design->true_nulls() != 0;
  }
  for (const std::string& analysis : design.hypotheses())
    add_line(table, analysis, study, rows, "adjusted_reject", analysis);
  add_line(table, "any", study, rows, "adjusted_reject_any", design.primary());
  add_line(table, "all", study, rows, "adjusted_reject_all", design.primary());
  if (nulls) add_line(table, "any that is true", study, rows, "familywise_error", design.primary());
  return to_html(table);
}

std::vector<std::string> hypothesis_texts(const Design& design) {
  std::vector<std::string> texts;
  const Multiplicity* multiplicity = design.multiplicity();
  for (std::size_t k = 0; multiplicity && k < multiplicity->size(); ++k) {
    const double share = multiplicity->first_share(k);
    texts.push_back(multiplicity->analyses()[k] + ": share of alpha " + rounded(share, 4));
    if (design.looks().size() == 1 && share > 0)
      texts.back() += ", boundary z " + rounded(multiplicity->boundary(share), 5);
  }
  return texts;
}

}  // namespace oligosim

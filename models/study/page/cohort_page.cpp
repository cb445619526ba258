#include "models/study/page/cohort_page.hpp"

#include <cmath>

#include "engine/report/html.hpp"
#include "models/study/page/formula_cells.hpp"

namespace oligosim {
namespace {

/// Probabilities of response that a design has an answer for.
struct Case {
  std::string name;
  std::vector<double> probability;  // NaN: not known
};

std::vector<Case> planned_cases(const Design& design) {
  const std::span<const CohortRule::Cohort> cohorts = design.cohorts()->planned();
  std::vector<Case> cases = {{"none", {}}};
  for (const CohortRule::Cohort& cohort : cohorts) cases.front().probability.push_back(cohort.p0);
  Case all{"all", {}};
  for (std::size_t k = 0; k < cohorts.size(); ++k) {
    all.probability.push_back(cohorts[k].p1);
    Case one = cases.front();
    one.name = design.hypotheses()[k] + " alone";
    one.probability[k] = cohorts[k].p1;
    cases.push_back(one);
  }
  cases.push_back(all);
  return cases;
}

Case of_scenario(const Scenario& s, std::span<const SummaryRow> rows) {
  Case own{s.name, {}};
  for (const std::string& analysis : s.design->hypotheses()) {
    const SummaryRow* mean = find_row(rows, s.name, "mean", "final", analysis);
    own.probability.push_back(mean && s.draws.empty() ? mean->truth : missing);
  }
  return own;
}

bool known(const Case& of) {
  for (const double p : of.probability)
    if (!(p >= 0 && p <= 1)) return false;
  return true;
}

}  // namespace

std::string cohort_table(const Study& study, std::span<const SummaryRow> rows) {
  const Design& design = *study.scenarios.front().design;
  if (!design.cohorts()) return "";
  HtmlTable table{.caption =
                      "Exact probabilities that each cohort is claimed, by the probability of response of each; "
                      "simulated beside, ± Monte Carlo standard error",
                  .header = {"cohorts that respond, or scenario", "response"},
                  .rows = {},
                  .text_columns = 2};
  for (const std::string& name : design.hypotheses())
    table.header.insert(table.header.end(), {name + ", exact", "simulated"});
  table.header.insert(table.header.end(), {"any, exact", "simulated"});
  const auto add = [&](const Case& of, const Scenario* scenario) {
    const Design& own = scenario ? *scenario->design : design;
    if (!known(of)) return;
    const std::vector<double> exact = own.cohorts()->claims(of.probability);
    if (exact.empty()) return;
    std::string responses;
    for (const double p : of.probability) responses += (responses.empty() ? "" : ", ") + percent(p);
    std::vector<std::string> line = {of.name, responses};
    for (std::size_t k = 0; k < exact.size(); ++k) {
      const bool any = k + 1 == exact.size();
      const SummaryRow* simulated =
          scenario ? find_row(rows, scenario->name, any ? "adjusted_reject_any" : "adjusted_reject", "final",
                              any ? own.primary() : own.hypotheses()[k])
                   : nullptr;
      add_pair(line, exact[k], simulated, true);
      if (!scenario) line.back() = "";
    }
    table.rows.push_back(std::move(line));
  };
  for (const Case& of : planned_cases(design)) add(of, nullptr);
  for (const Scenario& s : study.scenarios) add(of_scenario(s, rows), &s);
  return table.rows.empty() ? "" : to_html(table);
}

std::vector<std::string> cohort_texts(const Design& design) {
  std::vector<std::string> texts;
  if (!design.cohorts()) return texts;
  for (const Case& of : planned_cases(design)) {
    if (!known(of)) continue;
    const std::vector<double> exact = design.cohorts()->claims(of.probability);
    if (exact.empty()) return texts;
    std::string text = "with a response in " + of.name + ", exact: claims";
    for (std::size_t k = 0; k + 1 < exact.size(); ++k)
      text += " " + design.hypotheses()[k] + " " + rounded(exact[k], 4) + ",";
    texts.push_back(text + " any " + rounded(exact.back(), 4));
  }
  return texts;
}

}  // namespace oligosim

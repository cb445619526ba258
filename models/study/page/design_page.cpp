#include "models/study/page/design_page.hpp"

#include <cmath>
#include <numeric>

#include "engine/io/number.hpp"
#include "engine/report/html.hpp"
#include "models/study/closed_form/closed_form_design.hpp"
#include "models/study/closed_form/closed_form_one_sample.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"
#include "models/study/page/binomial_page.hpp"
#include "models/study/page/cohort_page.hpp"
#include "models/study/page/course_page.hpp"
#include "models/study/page/design_flow.hpp"
#include "models/study/page/formula_cells.hpp"
#include "models/study/page/look_page.hpp"
#include "models/study/page/multiplicity_page.hpp"

namespace oligosim {
namespace {

bool has_futility(const SequentialDesign& design) { return std::isfinite(design.planned().front()->futility); }

/// Percent of replicates that stop at a look ("final": at any).
std::string share_of(std::span<const SummaryRow> rows, const Scenario& s, const char* metric, const std::string& look) {
  return percent_of(find_row(rows, s.name, metric, look, s.design->primary()));
}

std::string looks_table(const Study& study, std::span<const SummaryRow> rows) {
  const Scenario& first = study.scenarios.front();
  const SequentialDesign* sequential = first.design->sequential();
  const std::span<const double> boundaries = first.design->efficacy_boundaries();
  const bool futility = sequential && has_futility(*sequential);
  const std::string other = futility ? "futility" : first.design->sides() == 2 ? "harm" : "";
  HtmlTable table{.caption = std::string("Looks, boundaries, and how often the trial stops there for efficacy") +
                             (other.empty() ? "" : " (then for " + other + ")"),
                  .header = {"look", "when", "information", "boundary z"},
                  .rows = {},
                  .text_columns = 2};
  if (futility) table.header.push_back("futility z");
  for (const Scenario& s : study.scenarios) table.header.push_back(s.name);
  for (std::size_t k = 0; k < first.design->looks().size(); ++k) {
    const Look& look = first.design->looks()[k];
    const std::string number = std::to_string(k + 1);
    table.rows.push_back({number, look_text(look, *first.disease), rounded(look.information, 4),
                          boundaries.empty() || std::isinf(boundaries[k]) ? "" : rounded(boundaries[k], 5)});
    const double below = futility ? sequential->planned()[k]->futility : missing;
    if (futility) table.rows.back().push_back(std::isinf(below) ? "" : rounded(below, 5));
    for (const Scenario& s : study.scenarios)
      table.rows.back().push_back(
          share_of(rows, s, "stop_efficacy", number) +
          (other.empty() ? "" : " (" + share_of(rows, s, ("stop_" + other).c_str(), number) + ")"));
  }
  return to_html(table);
}

std::string formula_table(const Study& study, std::span<const SummaryRow> rows) {
  const bool two_sided = study.scenarios.front().design->sides() == 2;  // such designs have no futility
  HtmlTable table{.caption =
                      "Beside what a formula says: z normal with the drift of Schoenfeld (1981), exits by "
                      "integration over the looks; ± Monte Carlo standard error. Scenarios with proportional "
                      "hazards that are known in closed form.",
                  .header = {"scenario", "hazard ratio", "look", "stops for efficacy, formula", "simulated",
                             std::string("stops for ") + (two_sided ? "harm" : "futility") + ", formula", "simulated",
                             "events, formula", "simulated", "months, formula", "simulated"},
                  .rows = {},
                  .text_columns = 1};
  for (const Scenario& s : study.scenarios) {
    const std::optional<DesignFormula> formula = design_formula(s);
    if (!formula) continue;
    const auto add = [&](const std::string& look, double efficacy, double other) {
      std::vector<std::string> line = {s.name, rounded(formula->hazard_ratio, 4), look};
      add_pair(line, efficacy, find_row(rows, s.name, "stop_efficacy", look, s.design->primary()), true);
      add_pair(line, other,
               find_row(rows, s.name, two_sided ? "stop_harm" : "stop_futility", look, s.design->primary()), true);
      return line;
    };
    const std::vector<double>& other = two_sided ? formula->harm : formula->futility;
    for (std::size_t k = 0; k < formula->events.size() && formula->events.size() > 1; ++k) {
      table.rows.push_back(add(std::to_string(k + 1), formula->efficacy[k], other[k]));
      table.rows.back().insert(table.rows.back().end(), {rounded(formula->events[k], 4), "", "", ""});
    }
    table.rows.push_back(add("final", formula->claims_efficacy, std::accumulate(other.begin(), other.end(), 0.0)));
    add_pair(table.rows.back(), formula->expected_events,
             find_row(rows, s.name, "expected_events", "final", s.design->primary()), false);
    add_pair(table.rows.back(), expected_months(s, *formula).value_or(missing),
             find_row(rows, s.name, "expected_duration_months", "final", s.design->primary()), false);
  }
  return table.rows.empty() ? "" : to_html(table);
}

std::string one_sample_table(const Study& study, std::span<const SummaryRow> rows) {
  HtmlTable table{.caption =
                      "Beside the formula of Wu (2015) for the one-sample log-rank test, in large trials; ± Monte "
                      "Carlo standard error",
                  .header = {"scenario", "patients for a power of 80 %", "claims efficacy, formula", "simulated",
                             "events, formula", "simulated"},
                  .rows = {},
                  .text_columns = 1};
  for (const Scenario& s : study.scenarios) {
    const std::optional<OneSampleFormula> formula = one_sample_formula(s);
    if (!formula) continue;
    std::vector<std::string> line = {s.name, patients_cell(formula->patients)};
    const auto simulated = [&](const char* metric) {
      return find_row(rows, s.name, metric, "final", s.design->primary());
    };
    add_pair(line, formula->power, simulated("reject"), true);
    add_pair(line, formula->events, simulated("expected_events"), false);
    table.rows.push_back(std::move(line));
  }
  return table.rows.empty() ? "" : to_html(table);
}

std::string proportions_table(const Study& study, std::span<const SummaryRow> rows) {
  HtmlTable table{
      .caption =
          "Beside the formula of Farrington and Manning (1990) for two proportions (of an odds ratio, of its "
          "score test); ± Monte Carlo standard error",
      .header = {"scenario", "reference", "later", "tested against", "patients for a power of 80 %",
                 "claims efficacy, formula", "simulated"},
      .rows = {},
      .text_columns = 1};
  for (const Scenario& s : study.scenarios) {
    const std::optional<ProportionsFormula> formula = proportions_formula(s);
    if (!formula) continue;
    const PlannedProportions& planned = formula->planned;
    table.rows.push_back({s.name, percent(planned.reference), percent(planned.later), rounded(planned.null, 4),
                          patients_cell(formula->patients)});
    add_pair(table.rows.back(), formula->power, find_row(rows, s.name, "reject", "final", s.design->primary()), true);
  }
  return table.rows.empty() ? "" : to_html(table);
}

}  // namespace

std::string look_text(const Look& look, const DiseaseModel& disease) {
  std::string text;
  if (look.events)
    text = std::to_string(*look.events) + " events of " + disease.endpoints()[look.endpoint].name;
  else if (look.patients)
    text = std::to_string(*look.patients) + " patients";
  else if (look.month)
    text = "month " + rounded(*look.month, 4);
  if (look.follow_up_months > 0)
    text += (text.empty() ? "" : " and ") + rounded(look.follow_up_months, 4) + " months after the last " +
            (look.patients ? "of them" : "patient");
  if (look.earliest_month) text += ", not before month " + rounded(*look.earliest_month, 4);
  if (look.latest_month) text += ", in month " + rounded(*look.latest_month, 4) + " at the latest";
  if (look.gap_months > 0) text += ", " + rounded(look.gap_months, 4) + " months after the look before at the earliest";
  return text;
}

std::string design_section(const Study& study, std::span<const SummaryRow> rows) {
  const Scenario& first = study.scenarios.front();
  std::string arms;
  for (const std::string& arm : first.trial->arms()) arms += (arms.empty() ? "" : ", ") + arm;
  return "<h2>Design</h2>\n<p>" + std::to_string(first.trial->patients()) + " patients, arms: " + html_escaped(arms) +
         (first.trial->arms().size() > 1 ? " (the first is the control)" : "") + ". Primary analysis <b>" +
         html_escaped(first.design->primary()) + "</b> at " + rounded(first.design->alpha(), 4) +
         (first.design->sides() == 1 ? " one-sided" : " two-sided") + ".</p>\n" + design_flow(study) +
         (first.design->binomial()
              ? binomial_tables(study, rows)
              : boundary_figure(*first.design) + looks_table(study, rows) + look_section(study, rows) +
                    course_section(study, rows) + multiplicity_table(study, rows) + cohort_table(study, rows) +
                    formula_table(study, rows) + one_sample_table(study, rows) + proportions_table(study, rows));
}

}  // namespace oligosim

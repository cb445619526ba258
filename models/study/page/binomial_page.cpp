#include "models/study/page/binomial_page.hpp"

#include <fmt/format.h>

#include <cmath>

#include "engine/report/html.hpp"
#include "models/study/closed_form/closed_form_proportions.hpp"
#include "models/study/page/formula_cells.hpp"

namespace oligosim {
namespace {

std::string stage_text(const Design& design, std::size_t stage) {
  const bool last = stage + 1 == design.looks().size();
  const BinomialRule& rule = *design.binomial();
  const BinomialStage& own = rule.stages[stage];
  if (rule.of_toxicity)
    return (last ? "too toxic with " : "stops with ") + std::to_string(own.patients - own.above) +
           " or more with the toxicity";
  return std::string(last ? "claims efficacy" : "goes on") + " with more than " + std::to_string(own.above) +
         " responses";
}

/// Of what the rule's users speak, given the probability of a response.
double probability_shown(const BinomialRule& rule, double response) {
  return rule.of_toxicity ? 1 - response : response;
}
std::string outcome(const BinomialRule& rule) { return rule.of_toxicity ? "toxicity" : "response"; }
std::string success(const BinomialRule& rule) { return rule.of_toxicity ? "not too toxic" : "claims efficacy"; }

std::string when(const Look& look) {
  return std::to_string(*look.patients) + " patients, and " + rounded(look.follow_up_months, 4) +
         " months after the last of them";
}

std::string stages_table(const Study& study, std::span<const SummaryRow> rows) {
  const Design& design = *study.scenarios.front().design;
  HtmlTable table{
      .caption = design.binomial()->of_toxicity
                     ? "Stages, and how often the trial stops there for toxicity, at the last is not too toxic"
                     : "Stages, and how often the trial stops there for futility, at the last claims efficacy",
      .header = {"look", "when", "decision"},
      .rows = {},
      .text_columns = 3};
  for (const Scenario& s : study.scenarios) table.header.push_back(s.name);
  for (std::size_t k = 0; k < design.looks().size(); ++k) {
    const std::string number = std::to_string(k + 1);
    table.rows.push_back({number, when(design.looks()[k]), stage_text(design, k)});
    const char* metric = k + 1 == design.looks().size() ? "stop_efficacy" : "stop_futility";
    for (const Scenario& s : study.scenarios)
      table.rows.back().push_back(percent_of(find_row(rows, s.name, metric, number, s.design->primary())));
  }
  return to_html(table);
}

/// One line of the exact table; `scenario` is null for a probability that the design was made for.
std::vector<std::string> exact_line(const std::string& name, const BinomialRule& rule, double probability,
                                    const Scenario* scenario, std::span<const SummaryRow> rows) {
  const BinomialCharacteristics exact = binomial_characteristics(rule.stages, probability);
  std::vector<std::string> line = {name, percent(probability_shown(rule, probability))};
  const auto add = [&](double value, const char* metric, const std::string& look, bool share) {
    const SummaryRow* row =
        scenario ? find_row(rows, scenario->name, metric, look, scenario->design->primary()) : nullptr;
    add_pair(line, value, row, share);
    if (!scenario) line.back() = "";
  };
  add(exact.reject, "reject", "final", true);
  for (std::size_t k = 0; k < exact.stop.size(); ++k) add(exact.stop[k], "stop_futility", std::to_string(k + 1), true);
  add(exact.expected_patients, "expected_n", "final", false);
  return line;
}

/// The probability that a patient counts as a response, by formula or, over trials that stop by their responses, the
/// mean of these over that of the patients (Wald 1944). Nothing where each replicate has a draw of its own.
std::optional<double> counted(const Scenario& s, std::span<const SummaryRow> rows) {
  if (!s.draws.empty()) return {};
  if (const auto known = counted_response(s)) return known->probability;
  const SummaryRow* responses = find_row(rows, s.name, "expected_events", "final", s.design->primary());
  const SummaryRow* patients = find_row(rows, s.name, "expected_n", "final", s.design->primary());
  if (!responses || !patients) return {};
  return responses->measure.value / patients->measure.value;
}

std::string exact_table(const Study& study, std::span<const SummaryRow> rows) {
  const BinomialRule& first = *study.scenarios.front().design->binomial();
  const std::string counted_as = first.of_toxicity ? "a toxicity, or of nothing known" : "a response that is known";
  HtmlTable table{.caption = "Beside the exact binomial answers, at the probability of " + counted_as +
                             "; ± Monte Carlo standard error",
                  .header = {"scenario", outcome(first), success(first) + ", exact", "simulated"},
                  .rows = {},
                  .text_columns = 1};
  for (std::size_t k = 1; k < first.stages.size(); ++k)
    table.header.insert(table.header.end(), {"stops at look " + std::to_string(k) + ", exact", "simulated"});
  table.header.insert(table.header.end(), {"patients, exact", "simulated"});
  if (!std::isnan(first.p0)) {
    table.rows.push_back(exact_line(first.of_toxicity ? "limit" : "p0", first, first.p0, nullptr, rows));
    table.rows.push_back(exact_line(first.of_toxicity ? "acceptable" : "p1", first, first.p1, nullptr, rows));
  }
  for (const Scenario& s : study.scenarios)
    if (const auto response = counted(s, rows))
      table.rows.push_back(exact_line(s.name, *s.design->binomial(), *response, &s, rows));
  return table.rows.empty() ? "" : to_html(table);
}

}  // namespace

std::string binomial_tables(const Study& study, std::span<const SummaryRow> rows) {
  return stages_table(study, rows) + exact_table(study, rows);
}

std::vector<std::string> stage_texts(const Design& design) {
  std::vector<std::string> texts;
  for (std::size_t k = 0; k < design.looks().size(); ++k)
    texts.push_back(when(design.looks()[k]) + ": " + stage_text(design, k));
  return texts;
}

std::string exact_text(const BinomialRule& rule, double probability) {
  const BinomialCharacteristics exact = binomial_characteristics(rule.stages, probability);
  std::string text = fmt::format("with {} {:.4g}, exact: {} {:.4f}", outcome(rule),
                                 probability_shown(rule, probability), success(rule), exact.reject);
  for (std::size_t k = 0; k < exact.stop.size(); ++k)
    text += fmt::format(", stops at look {} {:.4f}", k + 1, exact.stop[k]);
  return text + fmt::format(", {:.4g} patients expected", exact.expected_patients);
}

}  // namespace oligosim

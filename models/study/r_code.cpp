#include "models/study/r_code.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <vector>

#include "engine/io/number.hpp"
#include "models/study/closed_form/closed_form.hpp"
#include "models/study/closed_form/closed_form_design.hpp"

namespace oligosim {
namespace {

std::string vector_of(const std::vector<double>& values) {
  std::vector<std::string> texts;
  for (const double x : values) texts.push_back(std::isinf(x) ? (x < 0 ? "-Inf" : "Inf") : shortest(x));
  return fmt::format("c({})", fmt::join(texts, ", "));
}

/// A text as R reads it: whatever is not plain is written by its number.
std::string quoted_for_r(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + "\"";
}

struct NamedValues {
  std::vector<std::string> names;
  std::vector<double> values, simulated;

  void add(const Scenario& s, double value, std::span<const SummaryRow> rows) {
    const SummaryRow* claims = find_row(rows, s.name, "reject", "final", s.design->primary());
    names.push_back(quoted_for_r(s.name));
    values.push_back(value);
    simulated.push_back(claims ? claims->measure.value : missing);
  }
  std::string text() const {
    std::vector<std::string> parts;
    for (std::size_t k = 0; k < names.size(); ++k) parts.push_back(names[k] + " = " + shortest(values[k]));
    return fmt::format("c({})", fmt::join(parts, ", "));
  }
};

std::string scalar(const YamlNode& node, const char* key, const char* standard = "") {
  const YamlNode* value = node.find(key);
  return value && value->kind == YamlNode::Kind::scalar ? value->scalar : standard;
}

struct RpactName {
  const char* ours;
  const char* spending;  // "asOF", "bsOF": without the first two letters
  const char* boundary;
};
constexpr RpactName rpact_names[] = {
    {"obrien_fleming", "OF", "OF"}, {"pocock", "P", "P"}, {"hwang_shih_decani", "HSD", ""},
    {"kim_demets", "KD", ""},       {"user", "User", ""}, {"wang_tsiatis", "", "WT"},
    {"haybittle_peto", "", "HP"}};

const RpactName& rpact_name(const std::string& ours) {
  for (const RpactName& name : rpact_names)
    if (ours == name.ours) return name;
  return rpact_names[0];
}

/// The parameter of a spending function, or nothing. `suffix`: A of alpha, B of beta.
std::string spending_parameter(const YamlNode& node, const std::string& kind, const std::string& suffix) {
  if (kind == "hwang_shih_decani") return ", gamma" + suffix + " = " + scalar(node, "gamma");
  if (kind == "kim_demets") return ", gamma" + suffix + " = " + scalar(node, "rho");
  if (kind != "user") return "";
  std::vector<std::string> cumulative;
  for (const YamlNode& item : node.find("cumulative")->items) cumulative.push_back(item.scalar);
  return fmt::format(", user{}Spending = c({})", suffix == "A" ? "Alpha" : "Beta", fmt::join(cumulative, ", "));
}

bool is_binding(const YamlNode& design) {
  const YamlNode* futility = design.find("futility");
  return futility && scalar(*futility, "binding") == "true";
}

std::string efficacy_arguments(const YamlNode& design, const SequentialDesign& sequential) {
  const YamlNode* efficacy = design.find("efficacy");
  const YamlNode none;
  const YamlNode& node = efficacy ? *efficacy : none;
  const std::string boundary = scalar(node, "boundary");
  if (boundary.empty()) {
    const std::string kind = scalar(node, "spending", "obrien_fleming");
    return fmt::format("typeOfDesign = \"as{}\"{}", rpact_name(kind).spending, spending_parameter(node, kind, "A"));
  }
  if (is_binding(design)) {  // here the last look alone takes the credit, in rpact all do: by what is spent
    std::vector<double> spent;
    for (const auto& stage : sequential.planned()) spent.push_back(stage->level_spent);
    spent.back() = sequential.level();
    return "typeOfDesign = \"asUser\", userAlphaSpending = " + vector_of(spent);
  }
  std::string text = fmt::format("typeOfDesign = \"{}\"", rpact_name(boundary).boundary);
  if (boundary == "wang_tsiatis") text += ", deltaWT = " + scalar(node, "delta");
  if (boundary == "haybittle_peto") text += ", constantBoundsHP = " + scalar(node, "z", "3");
  return text;
}

/// Beta spending by name; other rules by the z that they come to as planned.
std::string futility_arguments(const YamlNode& design, const SequentialDesign& sequential) {
  const YamlNode* node = design.find("futility");
  if (!node) return "";
  const std::string binding = std::string(", bindingFutility = ") + (is_binding(design) ? "TRUE" : "FALSE");
  if (const std::string kind = scalar(*node, "spending"); !kind.empty())
    return fmt::format(", beta = {}, typeBetaSpending = \"bs{}\"{}{}", scalar(*node, "beta"), rpact_name(kind).spending,
                       spending_parameter(*node, kind, "B"), binding);
  std::vector<double> bounds;
  for (std::size_t k = 0; k + 1 < sequential.planned().size(); ++k) bounds.push_back(sequential.planned()[k]->futility);
  return ", futilityBounds = " + vector_of(bounds) + binding;
}

std::string comparison(const NamedValues& named) {
  return "comparison <- cbind(analytic = power, simulated = " + vector_of(named.simulated) + ")\nprint(comparison)\n";
}

std::string sequential_code(const Study& study, const SequentialDesign& sequential, const NamedValues& drift) {
  const Design& design = *study.scenarios.front().design;
  std::vector<double> information;
  for (const Look& look : design.looks()) information.push_back(look.information);
  const YamlNode& node = *study.resolved.find("design");
  std::string code = fmt::format(
      "library(rpact)\n"
      "design <- getDesignGroupSequential(\n"
      "  kMax = {}, alpha = {}, sided = {}, informationRates = {},\n"
      "  {}{})\n"
      "boundaries <- cbind(rpact = design$criticalValues, here = {})\nprint(boundaries)\n",
      design.looks().size(), shortest(design.alpha()), design.sides(), vector_of(information),
      efficacy_arguments(node, sequential), futility_arguments(node, sequential),
      vector_of({design.efficacy_boundaries().begin(), design.efficacy_boundaries().end()}));
  if (drift.names.empty()) return code;
  return code + "# Expected z at the last look, by Schoenfeld (1981), in each scenario with proportional hazards.\n" +
         "drift <- " + drift.text() + "\n" +
         "power <- getPowerAndAverageSampleNumber(design, theta = drift, nMax = 1)$overallReject\n" + comparison(drift);
}

std::string one_look_code(const Design& design, const NamedValues& drift) {
  if (drift.names.empty()) return "";
  const std::string two = design.sides() == 2 ? " + pnorm(-bound - drift)" : "";
  return "# Expected z, by Schoenfeld (1981), in each scenario with proportional hazards.\ndrift <- " + drift.text() +
         fmt::format("\nbound <- qnorm(1 - {} / {})\npower <- pnorm(drift - bound){}\n", shortest(design.alpha()),
                     design.sides(), two) +
         comparison(drift);
}

std::string binomial_code(const BinomialRule& rule, const NamedValues& response) {
  std::vector<double> patients, above;
  for (const BinomialStage& stage : rule.stages) {
    patients.push_back(static_cast<double>(stage.patients));
    above.push_back(static_cast<double>(stage.above));
  }
  return "patients <- " + vector_of(patients) + "  # so far, at each look\nabove <- " + vector_of(above) +
         "     # responses that are not enough\n"
         "claims <- function(p) {\n"
         "  responses <- 1  # probability of 0, 1, ... responses in a trial that has not stopped\n"
         "  for (k in seq_along(patients)) {\n"
         "    new <- patients[k] - c(0, patients)[k]\n"
         "    responses <- convolve(responses, rev(dbinom(0:new, new, p)), type = \"open\")\n"
         "    responses[1:(above[k] + 1)] <- 0\n"
         "  }\n"
         "  sum(responses)\n"
         "}\n" +
         (response.names.empty()
              ? std::string("claims(0.5)\n")
              : "response <- " + response.text() + "\npower <- sapply(response, claims)\n" + comparison(response));
}

}  // namespace

std::string r_code(const Study& study, std::span<const SummaryRow> rows) {
  const Scenario& first = study.scenarios.front();
  const std::string head = "# The design of \"" + first.design->primary() + "\", computed anew in R.\n";
  if (const BinomialRule* rule = first.design->binomial()) {
    NamedValues response;
    for (const Scenario& s : study.scenarios) {
      const SummaryRow* mean = find_row(rows, s.name, "mean", "final", s.design->primary());
      if (mean && !std::isnan(mean->truth) && s.draws.empty()) response.add(s, mean->truth, rows);
    }
    return head + binomial_code(*rule, response);
  }
  if (first.design->combines() || first.design->efficacy_boundaries().empty()) return "";
  NamedValues drift;
  for (const Scenario& s : study.scenarios)
    if (const auto formula = design_formula(s)) drift.add(s, formula->drift, rows);
  const SequentialDesign* sequential = first.design->sequential();
  const std::string code =
      sequential ? sequential_code(study, *sequential, drift) : one_look_code(*first.design, drift);
  return code.empty() ? "" : head + code;
}

}  // namespace oligosim

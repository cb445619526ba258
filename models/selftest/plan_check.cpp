#include <cmath>

#include "models/analysis/label_text.hpp"
#include "models/analysis/plan.hpp"
#include "models/cohort/data_set.hpp"
#include "models/selftest/oracle.hpp"

namespace oligosim {
namespace {

/// The label that a row of expected values is about: nothing where the plan makes no such number.
std::optional<std::size_t> position_of(const Plan& plan, const OracleTable& expected, std::size_t row) {
  const double at = expected.number(row, "at");
  const std::string interval = expected.text(row, "interval");
  for (std::size_t k = 0; k < plan.labels().size(); ++k) {
    const EstimateLabel& l = plan.labels()[k];
    if (l.analysis == expected.text(row, "analysis") && l.parameter == expected.text(row, "parameter") &&
        l.group == expected.text(row, "group") && l.term == expected.text(row, "term") &&
        (std::isnan(at) ? std::isnan(l.at) : l.at == at) && (interval.empty() || l.interval == interval))
      return k;
  }
  return {};
}

}  // namespace

Checks check_plan(GroupInput& input) {
  const std::string plan_name = input.node.text("plan"), data_name = input.node.text("data");
  const OracleTable expected(input.files, input.node.text("expected"));
  Problems problems;
  Warnings warnings;
  const DataSet data = parse_data(oracle_file(input.files, data_name), data_name, {}, problems, warnings);
  problems.refuse();
  const YamlNode tree = oracle_yaml(input.files, plan_name);
  const Plan plan(ConfigNode(tree, problems), data.columns());
  problems.refuse();
  Arena arena;
  PlanData shared(data.cohort(), plan.parts(), arena);
  std::vector<Estimate> estimates(plan.labels().size());
  plan.evaluate(shared, arena, estimates);

  Checks checks;
  for (std::size_t row = 0; row < expected.size(); ++row) {
    const std::optional<std::size_t> k = position_of(plan, expected, row);
    if (!k) {
      checks.push_back(
          text_check(expected.text(row, "analysis") + ", " + expected.text(row, "parameter"), "a number", "none"));
      continue;
    }
    const Estimate& e = estimates[*k];
    const std::pair<const char*, double> columns[] = {{"estimate", e.estimate},   {"standard_error", e.standard_error},
                                                      {"lower", e.lower},         {"upper", e.upper},
                                                      {"statistic", e.statistic}, {"df", e.df},
                                                      {"p_value", e.p_value}};
    for (const auto& [name, found] : columns) {
      const double value = expected.number(row, name);
      const bool unsaid = plan.labels()[*k].interval == "profile" || std::string_view(name) == "df";
      if (std::isnan(value) && (unsaid || std::isnan(found))) continue;
      checks.push_back(
          number_check(label_text(plan.labels()[*k]) + ": " + name, value, found, expected.number(row, "tolerance")));
    }
  }
  return checks;
}

}  // namespace oligosim

#include "models/study/design_input.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "models/analysis/methods/hazard_ratio_test.hpp"
#include "models/analysis/methods/one_proportion.hpp"
#include "models/analysis/methods/one_sample_test.hpp"
#include "models/study/closed_form/closed_form.hpp"

namespace oligosim {
namespace {

/// Analyses whose first label is a test with a direction, of two groups or of one against historical patients: those a
/// design can stop on.
std::vector<std::string> testable(const Plan& plan) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < plan.analysis_names().size(); ++k)
    if (!plan.analysis(k).labels().empty() && plan.analysis(k).labels().front().two_groups)
      names.push_back(plan.analysis(k).name());
  return names;
}

/// Analyses that are a proportion of all patients: those whose responses a design can count.
std::vector<std::string> proportions(const Plan& plan) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < plan.analyses(); ++k)
    if (!plan.of_lesions(k) && one_proportion(plan.analysis(k))) names.push_back(plan.analysis(k).name());
  return names;
}

/// The same, or of one population.
std::vector<std::string> cohort_proportions(const Plan& plan) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < plan.analyses(); ++k) {
    const auto* proportion = dynamic_cast<const OneProportion*>(&plan.analysis(k));
    if (proportion && proportion->of_one_group() && !plan.of_lesions(k)) names.push_back(plan.analysis(k).name());
  }
  return names;
}

bool grows_with_events(const Analysis& analysis) {
  const auto* test = dynamic_cast<const HazardRatioTest*>(&analysis);
  return test ? test->grows_with_events() : dynamic_cast<const OneSampleTest*>(&analysis) != nullptr;
}

/// The arm that a log-rank test compares with the first.
std::optional<std::size_t> arm_tested(const HazardRatioTest* test, const std::vector<std::string>& arms) {
  if (!test || test->scored_against() != "arm=" + arms.front()) return {};
  const auto found = std::ranges::find(arms, test->compared().substr(std::string("arm=").size()));
  return found == arms.end() ? std::nullopt : std::optional<std::size_t>(found - arms.begin());
}

/// Whether the two-sided p value of a test is far from twice that of the smaller tail: Fisher's is the sum of all
/// tables no more probable.
bool two_tails_differ(const EstimateLabel& label) { return label.method == "fisher_exact"; }

/// The column whose more than two levels a test compares, so that it has no direction; empty for others.
std::string column_of_several(const Plan& plan, const Analysis& analysis) {
  const EstimateLabel& first = analysis.labels().front();
  const auto column_of = [](const EstimateLabel& l) { return l.term.substr(0, l.term.find('=')); };
  const std::string column = column_of(first);
  const auto others = [&](const EstimateLabel& l) { return l.parameter == first.parameter && column_of(l) != column; };
  if (!first.tested || first.two_groups || first.method == "fisher_exact" ||
      std::ranges::any_of(analysis.labels(), others))
    return "";
  for (const Factor& factor : plan.parts().factors)
    if (factor.levels().size() > 2 && plan.parts().columns[factor.column()].name == column) return column;
  return "";
}

}  // namespace

std::string events_of(const Scenario& scenario, const EstimateLabel& label) {
  if (!scenario.trial) return "";  // refused
  const std::string endpoint = modelled_endpoint(scenario, label.endpoint);
  return endpoint.empty() || label.population.empty() ? endpoint : endpoint + " in " + label.population;
}

DesignInput design_input(ConfigNode node, const Scenario& scenario, const TrialInput& trial, const Columns& baseline) {
  const DiseaseModel& disease = *scenario.disease;
  const Plan& plan = *scenario.plan;
  DesignInput input{.node = node,
                    .endpoints = {},
                    .endpoint_positions = {},
                    .testable = testable(plan),
                    .null_ratio = {},
                    .grows_with_events = {},
                    .events_of = {},
                    .proportions = proportions(plan),
                    .cohort_proportions = cohort_proportions(plan),
                    .arm_tested = {},
                    .arms = trial.arms,
                    .arm_shares = trial.arm_shares,
                    .baseline = &baseline,
                    .patients = trial.patients,
                    .opens_month = trial.opens_month};
  if (trial.arms.size() == 2) input.experimental_share = trial.arm_shares[1];
  for (const std::string& name : input.testable) {
    const Analysis& analysis = plan.analysis(plan.position(name));
    const HazardRatioTest* test = test_of_arms(analysis);
    input.null_ratio.push_back(test ? test->null_ratio() : std::nullopt);
    input.arm_tested.push_back(arm_tested(test, input.arms));
    input.grows_with_events.push_back(grows_with_events(analysis));
    input.events_of.push_back(events_of(scenario, analysis.labels().front()));
    input.two_tails_differ.push_back(two_tails_differ(analysis.labels().front()));
  }
  for (std::size_t k = 0; k < plan.analyses(); ++k) {
    const Analysis& analysis = plan.analysis(k);
    if (plan.of_lesions(k) || analysis.labels().empty()) continue;
    if (const std::string column = column_of_several(plan, analysis); !column.empty())
      input.of_several.emplace_back(analysis.name(), column);
  }
  for (std::size_t k = 0; k < disease.endpoints().size(); ++k)
    if (disease.endpoints()[k].kind == EndpointKind::survival) {
      input.endpoints.push_back(disease.endpoints()[k].name);
      input.endpoint_positions.push_back(k);
    }
  return input;
}

}  // namespace oligosim

#include "models/study/closed_form_proportions.hpp"

#include "models/analysis/two_proportions.hpp"

namespace oligosim {

std::optional<PlannedDifference> planned_difference(const Scenario& scenario, const Analysis& analysis) {
  const auto* test = dynamic_cast<const TwoProportionsTest*>(&analysis);
  const std::vector<std::string>& arms = scenario.trial->arms();
  if (!test || !test->counted() || arms.size() != 2 || test->compared() != "arm=" + arms[1]) return {};
  const auto reference = scenario.disease->probability(0, *test->counted());
  const auto later = scenario.disease->probability(1, *test->counted());
  if (!reference || !later) return {};
  return PlannedDifference{*reference, *later, test->null_difference(), scenario.trial->randomized_share(1)};
}

std::optional<ProportionsFormula> proportions_formula(const Scenario& scenario) {
  const Design& design = *scenario.design;
  if (design.looks().size() != 1 || design.binomial() || design.sides() != 1 || !design.primary_first()) return {};
  const Plan& plan = *scenario.plan;
  const auto planned = planned_difference(scenario, plan.analysis(plan.position(design.primary())));
  if (!planned) return {};
  const auto patients = static_cast<double>(scenario.trial->patients());
  return ProportionsFormula{*planned, risk_difference_power(*planned, patients, design.alpha()),
                            risk_difference_patients(*planned, 0.8, design.alpha())};
}

}  // namespace oligosim

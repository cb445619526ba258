#include "models/study/closed_form/closed_form_proportions.hpp"

#include <algorithm>
#include <cmath>

#include "models/analysis/methods/one_proportion.hpp"
#include "models/analysis/methods/two_proportions.hpp"
#include "models/study/closed_form/closed_form.hpp"

namespace oligosim {
namespace {

/// The true probabilities of the arms, with what the analysis tests against.
std::optional<PlannedProportions> planned_proportions(const Scenario& scenario, const TwoProportionsMethod* analysis) {
  const std::vector<std::string>& arms = scenario.trial->arms();
  if (!analysis || !analysis->counted() || arms.size() != 2 || analysis->compared() != "arm=" + arms[1]) return {};
  const auto reference = probability(scenario, 0, *analysis->counted());
  const auto later = probability(scenario, 1, *analysis->counted());
  if (!reference || !later) return {};
  return PlannedProportions{*reference, *later, analysis->null_value().value_or(missing),
                            scenario.trial->randomized_share(1)};
}

}  // namespace

std::optional<double> proportions_truth(const Scenario& scenario, const Analysis& analysis) {
  const auto* own = dynamic_cast<const TwoProportionsMethod*>(&analysis);
  const auto planned = planned_proportions(scenario, own);
  if (!planned) return {};
  return own->truth(*planned);
}

std::optional<ProportionsFormula> proportions_formula(const Scenario& scenario) {
  const Design& design = *scenario.design;
  if (design.looks().size() != 1 || design.binomial() || design.sides() != 1 || !design.primary_first() ||
      !scenario.draws.empty())
    return {};
  const Plan& plan = *scenario.plan;
  const auto* own = dynamic_cast<const TwoProportionsMethod*>(&plan.analysis(plan.position(design.primary())));
  const auto planned = planned_proportions(scenario, own);
  if (!planned || !own->null_value()) return {};
  const auto patients = static_cast<double>(scenario.trial->patients());
  return ProportionsFormula{*planned, own->power(*planned, patients, design.alpha()),
                            own->patients(*planned, 0.8, design.alpha())};
}

std::optional<CountedResponse> counted_response(const Scenario& scenario) {
  const Design& design = *scenario.design;
  const Analysis& primary = scenario.plan->analysis(scenario.plan->position(design.primary()));
  const std::optional<double> response = closed_form_truth(scenario, primary.labels().front());
  const OneProportion* proportion = one_proportion(primary);
  if (!design.binomial() || !response || !proportion || scenario.trial->dropout().informative()) return {};
  const auto outcome = std::ranges::find(scenario.disease->outcomes(), proportion->counted()->column, &Outcome::name);
  const double followed = std::exp(-scenario.trial->dropout().rate(0) * outcome->first_known);
  return CountedResponse{*response * followed, 1 - followed};
}

}  // namespace oligosim

#pragma once

#include <optional>
#include <utility>

#include "models/analysis/methods/counted_outcome.hpp"
#include "models/study/study.hpp"

namespace oligosim {

/// True value of an estimand where the disease model gives its distributions in closed form: survival and quantiles
/// of an arm, probabilities of an outcome, and the hazard ratio of two arms with proportional hazards, or of any two
/// arms whose follow-up has a closed form (a look by date, enrollment over a fixed period: least-false value by
/// quadrature). Nothing where it must be simulated; NaN where it is known that there is none, as of a median that the
/// curve never reaches.
std::optional<double> closed_form_truth(const Scenario& scenario, const EstimateLabel& label);

/// The disease model's name of the endpoint that one of the plan is as it stands: its columns, with their own codes,
/// from the start on. Empty if there is none.
std::string modelled_endpoint(const Scenario& scenario, const std::string& planned);

/// The two arms' distributions of the endpoint that a number rests on: a trial of two arms, whole and without strata,
/// and a disease model that knows them.
std::optional<std::pair<ArmSurvival, ArmSurvival>> two_arms(const Scenario& scenario, const EstimateLabel& label);

/// The same of a trial of one arm.
std::optional<ArmSurvival> one_arm(const Scenario& scenario, const EstimateLabel& label);

/// Probability in an arm of what an analysis counts, where the disease model knows it.
std::optional<double> probability(const Scenario& scenario, std::size_t arm, const CountedOutcome& counted);

/// Hazard ratio of the second to the first, where it is the same at all times.
std::optional<double> constant_hazard_ratio(const ArmSurvival& first, const ArmSurvival& second);

/// What the closed forms say of each endpoint in each arm, a line each: its median, and survival at 12 and 24 months.
std::vector<std::string> survival_texts(const Scenario& scenario);

}  // namespace oligosim

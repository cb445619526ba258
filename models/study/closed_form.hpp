#pragma once

#include <optional>

#include "models/study/study.hpp"

namespace oligosim {

/// True value of an estimand where the disease model gives its distributions in closed form: survival and quantiles
/// of an arm, probabilities of an outcome, and the hazard ratio of two arms with proportional hazards, or of any two
/// arms whose follow-up has a closed form (a look by date, enrollment over a fixed period: least-false value by
/// quadrature). Nothing where it must be simulated.
std::optional<double> closed_form_truth(const Scenario& scenario, const EstimateLabel& label);

}  // namespace oligosim

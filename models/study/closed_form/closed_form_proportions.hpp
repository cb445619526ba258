#pragma once

#include <optional>

#include "engine/statistics/categorical/risk_difference.hpp"
#include "models/study/scenario.hpp"

namespace oligosim {

/// The true value of an analysis that compares the proportions of the arms, where the disease model gives them.
std::optional<double> proportions_truth(const Scenario& scenario, const Analysis& analysis);

/// What a formula says of a design of one look with such a primary analysis, if everybody's outcome is known by then:
/// Farrington and Manning (1990) for a difference, the same of the score test of an odds ratio.
struct ProportionsFormula {
  PlannedProportions planned;
  double power;     // of the trial's patients
  double patients;  // for a power of 0.8
};
std::optional<ProportionsFormula> proportions_formula(const Scenario& scenario);

/// Who counts in a design that counts responses: a patient with a response that is known by his look, for which he is
/// not lost before. Nothing where that has no closed form.
struct CountedResponse {
  double probability;  // that a patient counts
  double lost;         // that he is lost before his response would be known
};
std::optional<CountedResponse> counted_response(const Scenario& scenario);

}  // namespace oligosim

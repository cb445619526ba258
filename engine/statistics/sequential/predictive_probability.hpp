#pragma once

#include <cstddef>
#include <optional>

namespace oligosim {

/// How a trial of one arm is judged at its end (Lee and Liu 2008): enough responses where the probability of response
/// is above p0 with more than this certainty, given a beta prior.
struct BetaRule {
  double prior_successes, prior_failures;  // parameters of the prior, above 0
  double p0;
  double certainty;
  std::size_t patients;  // at the end
};

/// The most responses that are not enough at the end; as many as there are patients where no number is.
std::size_t most_not_enough(const BetaRule& rule);

/// The probability, given so many responses of so many patients, that the trial will have enough at its end.
double predictive_probability(const BetaRule& rule, std::size_t responses, std::size_t patients);

/// The most responses of so many patients with a predictive probability below `stop_below`; nothing if none has.
std::optional<std::size_t> most_without_prospect(const BetaRule& rule, std::size_t patients, double stop_below);

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace oligosim {

/// When a toxicity is seen too often (a Bayesian rule as that of Thall and Simon 1994): with more than this certainty
/// its probability is above the limit, given a beta prior.
struct ToxicityRule {
  double prior_events, prior_others;
  double limit;
  double certainty;
};

/// The smallest number of patients with the toxicity, among so many, that is too many; none where even all are not.
std::optional<std::size_t> fewest_too_many(const ToxicityRule& rule, std::size_t patients);

/// Boundaries of the shape of Pocock's (Ivanova, Qaqish and Schell 2005): at each look so many patients with the
/// toxicity as are there with a probability of at most a where it is acceptable; a is the largest with which a trial
/// stops at some look with a probability of at most `stop_probability` there. `looks`: patients so far, rising. Where a
/// look cannot stop it has one more than its patients.
std::vector<std::size_t> pocock_too_many(std::span<const std::size_t> looks, double acceptable,
                                         double stop_probability);

}  // namespace oligosim

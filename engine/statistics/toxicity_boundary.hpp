#pragma once

#include <cstddef>
#include <optional>

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

}  // namespace oligosim

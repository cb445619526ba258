#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace oligosim {

/// A stage of a trial of one arm that counts responses: it goes on, at the last stage claims efficacy, with more
/// responses than `above` among all patients so far.
struct BinomialStage {
  std::size_t patients = 0;  // of this stage and those before it, so that they ascend
  std::size_t above = 0;
};

/// What a design does at a true probability of response.
struct BinomialCharacteristics {
  std::vector<double> stop;  // probability of stopping for too few responses, one a stage but the last
  double reject = 0;         // of claiming efficacy
  double expected_patients = 0;
};

/// Exact, by convolution over the stages.
BinomialCharacteristics binomial_characteristics(std::span<const BinomialStage> stages, double probability);

/// What a design should hold: at most `alpha` efficacy claimed at p0, at least `power` at p1 > p0.
struct BinomialDemand {
  double p0, p1, alpha, power;
};

/// The smallest number of responses that is exceeded with a probability of at most alpha.
std::size_t critical_responses(std::size_t patients, double p0, double alpha);

inline constexpr std::size_t most_binomial_patients = 1000;

/// The smallest single-stage design (A'Hern 2001). Power rises with the number of patients in a sawtooth;
/// `every_larger`: the smallest number from which on each larger one holds the demand too, which Chernoff's (1952)
/// bound makes a finite search. None where it has more than most_binomial_patients, or that bound more than 20 times as
/// many.
std::optional<BinomialStage> single_stage_design(const BinomialDemand& demand, bool every_larger = false);

/// Simon's (1989) designs of two stages: fewest patients expected at p0, and fewest at most (then fewest expected).
struct SimonDesigns {
  std::vector<BinomialStage> optimal, minimax;
};

/// Exact search over all designs; none where larger ones than most_binomial_patients might be optimal.
std::optional<SimonDesigns> simon_designs(const BinomialDemand& demand);

}  // namespace oligosim

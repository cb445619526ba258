#pragma once

#include <string>
#include <vector>

#include "models/study/large_trial.hpp"
#include "models/study/study.hpp"

namespace oligosim {

/// The true value of an estimand in a scenario, with its own error.
struct TrueValue {
  double value = missing;
  double standard_error = missing;  // 0 for a closed form; on the log scale for ratios
  bool closed_form = false;         // also of a number that there is known to be none of
};

/// What the estimates of a scenario are held against, one a label.
struct Truths {
  std::vector<TrueValue> observed;        // as the trial would observe them
  std::vector<TrueValue> without_visits;  // missing where nothing is held against it
};

/// True values of labels_with_truths(), of Scenario::of_truth(): in closed form where there is one, otherwise
/// simulated; of an analysis with an `estimand`, those of the analysis it names. Without visits the data are those of
/// the same patients on the same day.
std::vector<TrueValue> true_values(const Scenario& scenario, std::uint64_t seed, const LargeTrialSize& size,
                                   unsigned threads);

/// Whether none of them has to be simulated.
bool all_in_closed_form(const Scenario& scenario);

/// Those of the plan's labels, all simulated: the plan itself is run on one trial made of many. So a hazard ratio's
/// truth is the least-false value under this design's censoring (Struthers and Kalbfleisch 1986). The same numbers for
/// any number of threads.
std::vector<TrueValue> simulated_values(const Scenario& scenario, std::uint64_t seed, const LargeTrialSize& size,
                                        unsigned threads);

/// What its true values are found with, of one whose parameters are drawn those of each draw; `patients`: in all.
LargeTrialSize truth_size(const Scenario& scenario, std::size_t patients);

/// True values of a scenario whose parameters are drawn: those of each draw, by the number of the draw, so that the
/// interval of a replicate is held against the truth it was simulated under; and their mean over the draws (of the logs
/// for ratios), with its error. Missing in a draw (a median not reached): the mean is missing too. Each draw has at
/// least a hundred trials, whose error takes 0.1 % of coverage at most.
struct TruthsOfDraws {
  std::vector<std::vector<TrueValue>> each;
  std::vector<TrueValue> mean;
};
TruthsOfDraws true_values_of_draws(const Scenario& scenario, std::uint64_t seed, std::size_t patients,
                                   unsigned threads);

/// Those of every scenario: of one whose parameters are not drawn `mean` alone.
std::vector<TruthsOfDraws> truths_of(const Study& study, unsigned threads);

/// How many scenarios, or draws of one, are under way beside each other, each by a thread of its own: as many as keep
/// no more than 2.5 million patients in memory, some 2.5 GB at most.
unsigned scenarios_at_once(const Study& study, unsigned threads);
unsigned draws_at_once(const Scenario& scenario, std::size_t patients, unsigned threads);

/// truth.csv: every true value with its own error.
std::string truth_csv(const std::vector<std::string>& scenarios, const std::vector<EstimateLabel>& labels,
                      const std::vector<std::vector<TrueValue>>& truths);

}  // namespace oligosim

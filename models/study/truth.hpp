#pragma once

#include <string>
#include <vector>

#include "models/study/study.hpp"

namespace oligosim {

/// The true value of an estimand in a scenario, with its own error.
struct TrueValue {
  double value = missing;
  double standard_error = missing;  // 0 for a closed form; on the log scale for ratios
};

/// True values of all labels of the scenario's plan: in closed form where there is one, otherwise simulated.
std::vector<TrueValue> true_values(const Scenario& scenario, std::uint64_t seed, std::size_t patients,
                                   unsigned threads);

/// All of them simulated. The plan itself is run on one trial made of many: `patients`
/// or more, enrolled, randomized, visited and lost as in the study, cut when the last look is due in expectation.
/// So a hazard ratio's truth is the least-false value under this design's censoring (Struthers and Kalbfleisch 1986).
/// Streams of their own; the same numbers for any number of threads.
std::vector<TrueValue> simulated_values(const Scenario& scenario, std::uint64_t seed, std::size_t patients,
                                        unsigned threads);

/// truth.csv: every true value with its own error.
std::string truth_csv(const std::vector<std::string>& scenarios, const std::vector<EstimateLabel>& labels,
                      const std::vector<std::vector<TrueValue>>& truths);

}  // namespace oligosim

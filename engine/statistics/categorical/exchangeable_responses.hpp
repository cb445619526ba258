#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace oligosim {

/// Log odds of response of several cohorts, normal about a common mean (Berry, Broglio, Groshen and Berry 2013): the
/// mean normal, the standard deviation between cohorts half-normal.
struct ExchangeablePrior {
  double mean = 0, mean_sd = 2;  // of the common mean
  double between_scale = 1;      // of the half-normal
};

/// Posterior probabilities that each cohort's response is above a limit, for every number of responses, by quadrature
/// over the mean and the standard deviation. What a cohort contributes is computed once for each number of responses.
class ExchangeableResponses {
 public:
  struct Cohort {
    std::size_t patients;
    double limit;  // probability of response, inside (0, 1)
  };
  ExchangeableResponses(const ExchangeablePrior& prior, std::span<const Cohort> cohorts);

  /// `responses`: one number a cohort, at most its patients. Writes P(p > limit) of each.
  void above(std::span<const std::size_t> responses, std::span<double> probability) const;

 private:
  struct Contribution {
    std::vector<double> likelihood, above;  // by responses, then point of the grid
  };
  std::vector<double> weight_;  // of each point of the grid
  std::vector<Contribution> cohorts_;
};

}  // namespace oligosim

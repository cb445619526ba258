#include "models/disease/cohort_weights.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace oligosim {

std::optional<CohortWeights> kind_of_weights(const ConfigNode& cohort, std::span<const double> weights,
                                             std::size_t patients) {
  const bool whole = std::ranges::all_of(weights, [](double w) { return w == std::floor(w); });
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (whole && total == static_cast<double>(patients)) return CohortWeights::counts;
  if (std::abs(total - 1) <= 1e-9) return CohortWeights::shares;
  if (whole && patients == 0) return CohortWeights::counts;
  const std::string sum = patients == 0 ? "" : " with the sum " + std::to_string(patients) + ", the patients enrolled";
  cohort.problem("", "is neither shares with the sum 1 nor whole numbers" + sum);
  return {};
}

}  // namespace oligosim

#include "engine/statistics/sequential/unbiased_proportion.hpp"

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sequential/response_orders.hpp"

namespace oligosim {

std::vector<double> unbiased_proportions(std::span<const BinomialStage> stages, std::size_t stage) {
  const std::vector<double> all = response_orders(stages, stage, 0), first = response_orders(stages, stage, 1);
  const bool last = stage + 1 == stages.size();
  std::vector<double> estimate(all.size(), missing);
  for (std::size_t x = 0; x < all.size(); ++x)
    if (all[x] > 0.0 && (last || x <= stages[stage].above)) estimate[x] = 0.5 * first[x] / all[x];
  return estimate;
}

}  // namespace oligosim

#include "engine/statistics/sequential/staged_coverage.hpp"

#include <vector>

#include "engine/statistics/sequential/response_orders.hpp"

namespace oligosim {

ProportionCoverage proportion_coverage(std::span<const BinomialStage> stages, double truth, ProportionInterval interval,
                                       double confidence) {
  ProportionCoverage sums;
  for (std::size_t k = 0; k < stages.size(); ++k) {
    const std::vector<double> orders = response_orders(stages, k);
    const auto n = static_cast<double>(stages[k].patients);
    const std::size_t most = k + 1 == stages.size() ? stages[k].patients : stages[k].above;
    for (std::size_t x = 0; x <= most; ++x)
      sums.add(proportion(static_cast<double>(x), n, interval, confidence), truth,
               response_probability(orders, x, truth));
  }
  return sums;
}

}  // namespace oligosim

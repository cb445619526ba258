#include "engine/statistics/sequential/stage_wise_proportion.hpp"

#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>

#include "engine/statistics/estimate.hpp"
#include "engine/statistics/sequential/response_orders.hpp"

namespace oligosim {
namespace {

/// Probability of coming to a stage with so many responses or more, of which `orders` are all ways: an outcome as high
/// or higher, as the trial goes on where there are more than it ends with.
double as_high(const std::vector<double>& orders, std::size_t responses, double p) {
  double sum = 0.0;
  for (std::size_t x = responses; x < orders.size(); ++x) sum += response_probability(orders, x, p);
  return sum;
}

/// The p at which that probability, which grows with it, is `tail`.
double where(const std::vector<double>& orders, std::size_t responses, double tail) {
  std::uintmax_t steps = 200;
  const auto f = [&](double p) { return as_high(orders, responses, p) - tail; };
  const auto [low, high] = boost::math::tools::toms748_solve(f, 0.0, 1.0, -tail, 1.0 - tail,
                                                             boost::math::tools::eps_tolerance<double>(48), steps);
  return (low + high) / 2.0;
}

}  // namespace

std::vector<StageWiseProportion> stage_wise_proportions(std::span<const BinomialStage> stages, std::size_t stage,
                                                        double p0, double confidence) {
  const std::vector<double> orders = response_orders(stages, stage);
  const bool first = stage == 0, last = stage + 1 == stages.size();
  const double half = (1.0 - confidence) / 2.0;
  std::vector<StageWiseProportion> all(orders.size(), {missing, missing, missing, missing});
  for (std::size_t x = 0; x < all.size(); ++x) {
    if (!(orders[x] > 0.0) || (!last && x > stages[stage].above)) continue;
    StageWiseProportion& own = all[x];
    own.lower = first && x == 0 ? 0.0 : where(orders, x, half);
    own.upper = last && x + 1 == all.size() ? 1.0 : where(orders, x + 1, 1.0 - half);
    if (std::isnan(p0)) continue;
    own.p_higher = as_high(orders, x, p0);
    own.p_lower = 1.0 - as_high(orders, x + 1, p0);
  }
  return all;
}

}  // namespace oligosim

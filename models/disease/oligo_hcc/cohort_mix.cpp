#include "models/disease/oligo_hcc/cohort_mix.hpp"

#include <cmath>
#include <string>

namespace oligosim {
namespace {

constexpr std::size_t groups = 4;  // OP, OM, OP-N, OP-C

bool whole(double value) { return value == std::floor(value); }

}  // namespace

void CohortMix::sample(std::span<const double> group, std::span<const double> switched,
                       std::span<std::uint8_t> strategy) const {
  const std::array<double, groups> full{weights_.op, weights_.om, weights_.op_n, weights_.op_c};
  std::array<double, groups> left = full;
  for (std::size_t i = 0; i < strategy.size(); ++i) {
    double total = left[0] + left[1] + left[2] + left[3];
    if (total == 0) left = full, total = left[0] + left[1] + left[2] + left[3];
    double place = group[i] * total;
    std::size_t chosen = groups - 1;
    for (std::size_t g = 0; g + 1 < groups; ++g) {
      if (place < left[g]) {
        chosen = g;
        break;
      }
      place -= left[g];
    }
    while (left[chosen] == 0) --chosen;  // rounding at the upper end
    if (weights_.counts) left[chosen] -= 1;
    Strategy s = chosen == 1 ? Strategy::om : chosen == 2 ? Strategy::op_n : Strategy::op_c;
    if (chosen == 0 && switched[i] < op_switched_) s = Strategy::op_n;
    strategy[i] = static_cast<std::uint8_t>(s);
  }
}

CohortMix read_cohort_mix(ConfigNode study, std::size_t patients, double op_switched) {
  CohortMix::Weights weights;
  if (!study.has("cohort")) {
    study.accept("cohort");
    return {weights, op_switched};
  }
  ConfigNode node = study.child("cohort");
  weights.op = node.number("OP", Range::at_least(0), 0);
  weights.om = node.number("OM", Range::at_least(0), 0);
  weights.op_n = node.number("OP-N", Range::at_least(0), 0);
  weights.op_c = node.number("OP-C", Range::at_least(0), 0);
  node.finish();
  const double total = weights.op + weights.om + weights.op_n + weights.op_c;
  const bool all_whole = whole(weights.op) && whole(weights.om) && whole(weights.op_n) && whole(weights.op_c);
  weights.counts = all_whole && total == static_cast<double>(patients);
  if (!weights.counts && std::abs(total - 1) > 1e-9) {
    node.problem("", "is neither shares with the sum 1 nor whole numbers with the sum " + std::to_string(patients) +
                         ", the patients enrolled");
    weights = {};
  }
  return {weights, op_switched};
}

}  // namespace oligosim

#include "models/disease/oligo_hcc/cohort_mix.hpp"

#include <array>
#include <limits>
#include <type_traits>

#include "engine/numeric/columns_in_lanes.hpp"
#include "models/disease/cohort_weights.hpp"

namespace oligosim {
namespace {

constexpr std::size_t groups = 4;  // OP, OM, OP-N, OP-C

/// Codes of strategies as numbers.
constexpr double op_n = static_cast<double>(Strategy::op_n), op_c = static_cast<double>(Strategy::op_c),
                 om = static_cast<double>(Strategy::om);

}  // namespace

void CohortMix::sample(std::span<const double> group, std::span<const double> switched,
                       std::span<double> strategy) const {
  if (weights_.counts)
    sample_counts(group, switched, strategy);
  else
    sample_shares(group, switched, strategy);
}

void CohortMix::sample_shares(std::span<const double> group, std::span<const double> switched,
                              std::span<double> strategy) const {
  std::array<double, groups> share{weights_.op, weights_.om, weights_.op_n, weights_.op_c};
  const double total = share[0] + share[1] + share[2] + share[3];
  std::size_t last = groups - 1;
  while (share[last] == 0) --last;
  share[last] = std::numeric_limits<double>::infinity();  // whatever the rounding at the upper end
  const auto chosen = [share, total, op_switched = op_switched_](const auto& of_group, const auto& of_switched) {
    using V = std::remove_cvref_t<decltype(of_group)>;
    const V place = of_group * total, beyond_op = place - share[0], beyond_om = beyond_op - share[1];
    const V if_op = of_switched < op_switched ? V{} + op_n : V{} + op_c;
    const V if_other = beyond_om < share[2] ? V{} + op_n : V{} + op_c;
    const V if_not_op = beyond_op < share[1] ? V{} + om : if_other;
    return place < share[0] ? if_op : if_not_op;
  };
  fill_in_lanes(strategy, chosen, group, switched);
}

void CohortMix::sample_counts(std::span<const double> group, std::span<const double> switched,
                              std::span<double> strategy) const {
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
    left[chosen] -= 1;
    strategy[i] = chosen == 1 ? om : chosen == 2 ? op_n : op_c;
    if (chosen == 0 && switched[i] < op_switched_) strategy[i] = op_n;
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
  const auto kind = kind_of_weights(node, std::array{weights.op, weights.om, weights.op_n, weights.op_c}, patients);
  weights.counts = kind == CohortWeights::counts;
  return {kind ? weights : CohortMix::Weights{}, op_switched};
}

}  // namespace oligosim

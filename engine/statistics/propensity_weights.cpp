#include "engine/statistics/propensity_weights.hpp"

#include <algorithm>

namespace oligosim {
namespace {

constexpr double no_counterpart = 1e-6;  // probability of the other group

}  // namespace

PropensityWeights propensity_weights(std::span<const std::uint8_t> group, std::span<const double> probability,
                                     TargetPopulation target, Arena& arena) {
  PropensityWeights result{arena.take<double>(group.size(), missing), Status::ok};
  double shares[2] = {0, 0};
  for (const std::uint8_t g : group) shares[g] += 1 / static_cast<double>(group.size());
  const auto aims_at = [target](std::uint8_t g) {
    return target == TargetPopulation::all ||
           target == (g ? TargetPopulation::second_group : TargetPopulation::first_group);
  };
  double sums[2] = {0, 0};
  for (std::size_t i = 0; i < group.size(); ++i) {
    const std::uint8_t g = group[i];
    const double own = g ? probability[i] : 1 - probability[i], other = 1 - own;
    if (aims_at(g) && other < no_counterpart) result.status = Status::separation;
    double& weight = result.weight[i];
    if (target == TargetPopulation::all) {
      weight = shares[g] / own;
    } else if (target == TargetPopulation::overlap) {
      weight = other;
    } else {
      weight = aims_at(g) ? 1 : other / own;
    }
    sums[g] += weight;
  }
  if (result.status == Status::ok && std::min(sums[0], sums[1]) < no_counterpart) result.status = Status::separation;
  if (result.status != Status::ok) std::ranges::fill(result.weight, missing);
  return result;
}

double effective_patients(std::span<const std::uint8_t> group, std::span<const double> weight, std::uint8_t of) {
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < group.size(); ++i)
    if (group[i] == of) sum += weight[i], squares += weight[i] * weight[i];
  return sum * sum / squares;
}

}  // namespace oligosim

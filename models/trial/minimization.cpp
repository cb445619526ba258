#include "models/trial/minimization.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace oligosim {
namespace {

constexpr Choice<bool> measures[] = {{"range", false}, {"variance", true}};
constexpr double tie = 1e-9;  // of sums of weighted imbalances

}  // namespace

Factor baseline_factor(const ConfigNode& node, const char* key, const Columns& baseline, std::size_t column) {
  const std::vector<std::string> levels = own_levels(baseline[column]);
  if (levels.empty())
    node.problem(key, "'" + baseline[column].name + "' is continuous (a category or a number of few values)");
  return {baseline, column, levels};
}

Minimization::Minimization(ConfigNode node, const Columns& baseline, std::size_t arms) : arms_(arms) {
  for (std::size_t a = 0; a < arms; ++a) among_.push_back(static_cast<std::uint8_t>(a));
  for (const std::string& column : node.some_of("factors", baseline.names(), "baseline column"))
    if (const auto position = baseline.find(column))
      factors_.push_back(baseline_factor(node, "factors", baseline, *position));
  weights_ = node.numbers("weights", Range::above(0), std::vector<double>(factors_.size(), 1.0));
  if (weights_.size() != factors_.size()) {
    node.problem("weights", "are not one number for each of the factors");
    weights_.assign(factors_.size(), 1.0);
  }
  const Range share{.minimum = 0, .maximum = 1, .minimum_included = false, .maximum_included = true};
  probability_ = node.number("probability", share, 0.8);
  if (probability_ * static_cast<double>(arms) <= 1)
    node.problem("probability", "does not favour the arm that leaves the least imbalance (above 1/" +
                                    std::to_string(arms) + ", one over the number of arms)");
  variance_ = node.choice<bool>("imbalance", measures, false);
  node.finish();
}

Minimization Minimization::among(ArmSet arms) const {
  Minimization own = *this;
  std::erase_if(own.among_, [&](std::uint8_t arm) { return !has_arm(arms, arm); });
  own.probability_ = std::max(probability_, 1 / static_cast<double>(own.among_.size()));
  return own;
}

/// Of the arms' numbers, with one more in an arm.
double Minimization::imbalance(std::span<const std::uint32_t> counts, std::size_t added) const {
  double least = INFINITY, most = 0, sum = 0, squares = 0;
  for (std::size_t a = 0; a < among_.size(); ++a) {
    const double n = counts[among_[a]] + (a == added);
    least = std::min(least, n), most = std::max(most, n);
    sum += n, squares += n * n;
  }
  const auto arms = static_cast<double>(among_.size());
  return variance_ ? (squares - sum * sum / arms) / (arms - 1) : most - least;
}

std::uint8_t Minimization::drawn(Stream& draw, std::span<const double> imbalance) const {
  const double least = *std::ranges::min_element(imbalance);
  const auto best = [&](double x) { return x <= least + tie; };
  // Two draws a patient, so that who is assigned how moves nobody else's.
  auto pick = draw.below(static_cast<std::uint32_t>(std::ranges::count_if(imbalance, best)));
  const double coin = draw.uniform();
  std::size_t preferred = 0;
  while (!best(imbalance[preferred]) || pick-- > 0) ++preferred;
  if (coin < probability_) return static_cast<std::uint8_t>(preferred);
  const double share = (coin - probability_) / (1 - probability_) * static_cast<double>(among_.size() - 1);
  const std::size_t other = std::min(static_cast<std::size_t>(share), among_.size() - 2);
  return static_cast<std::uint8_t>(other < preferred ? other : other + 1);
}

void Minimization::assign(const Streams& streams, const Cohort& baseline, std::span<const std::uint32_t> order,
                          std::span<std::uint8_t> arm, Arena& arena, std::size_t settled) const {
  const Arena::Scope scratch(arena);
  const std::size_t n = arm.size(), sets = std::max<std::size_t>(1, factors_.size());
  const std::span<std::uint8_t> code = arena.take<std::uint8_t>(sets * n, std::uint8_t{0});
  const std::span<std::size_t> first = arena.take<std::size_t>(sets, 0);  // of a factor's counts
  std::size_t groups = 1;
  for (std::size_t f = 0; f < factors_.size(); ++f) {
    factors_[f].codes(baseline, code.subspan(f * n, n));
    first[f] = groups;
    groups += factors_[f].levels().size();
  }
  const std::span<std::uint32_t> counts = arena.take<std::uint32_t>(groups * arms_, 0u);
  const std::span<double> sum = arena.take<double>(among_.size());
  Stream draw = streams.stream(Purpose::randomization);
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t i = order.empty() ? k : order[k];
    std::ranges::fill(sum, 0.0);
    const auto own = [&](std::size_t f) { return counts.subspan((first[f] + code[f * n + i]) * arms_, arms_); };
    for (std::size_t f = 0; f < sets; ++f)
      for (std::size_t a = 0; a < among_.size(); ++a)
        sum[a] += (factors_.empty() ? 1 : weights_[f]) * imbalance(own(f), a);
    const std::uint8_t favoured = among_[drawn(draw, sum)];
    if (k >= settled) arm[i] = favoured;
    for (std::size_t f = 0; f < sets; ++f) ++own(f)[arm[i]];
  }
}

}  // namespace oligosim

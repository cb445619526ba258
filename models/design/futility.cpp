#include <cmath>
#include <string>

#include "models/design/boundaries.hpp"

namespace oligosim {
namespace {

constexpr const char* kinds[] = {"spending", "z", "hazard_ratio", "conditional_power"};

/// One number for each look but the last.
std::vector<double> read_thresholds(ConfigNode& node, const char* key, const Range& range, std::size_t interim) {
  std::vector<double> values = node.numbers(key, range);
  if (values.size() != interim) {
    node.problem(key, "has " + std::to_string(values.size()) +
                          " values (one for each look but the last: " + std::to_string(interim) + ")");
    values.assign(interim, 0.5);
  }
  return values;
}

/// The drift at the planned end under a hazard ratio.
double drift_of(double ratio, const BoundaryInput& input) {
  return std::log(input.null_ratio.value_or(1) / ratio) * std::sqrt(input.ratio_information);
}

void check_ratio(const ConfigNode& node, const char* key, const BoundaryInput& input) {
  if (!input.null_ratio)
    node.problem(key, "needs a primary analysis of the hazard ratio of the arms (an unweighted log_rank or a cox)");
  if (!input.own_events.empty())
    node.problem(
        key, "needs looks that count the events of the primary analysis, which its hazard ratio goes by (those of " +
                 input.own_events + ")");
  if (input.ratio_information == 0)
    node.problem(key, "needs the number of events at the end (a last look at_events, or final_events)");
}

}  // namespace

FutilityRule read_futility(ConfigNode node, const BoundaryInput& input) {
  FutilityRule rule;
  const std::size_t interim = input.looks.size() - 1;
  int given = 0;
  for (const char* kind : kinds) given += node.has(kind);
  if (given != 1) node.problem("", "goes by one of spending, z, hazard_ratio and conditional_power");
  rule.binding = node.flag("binding", false);
  if (input.sides == 2) node.problem("", "stands in a two-sided design (sides: 1)");
  if (node.has("z")) {
    rule.kind = FutilityKind::z;
    rule.threshold = read_thresholds(node, "z", Range::between(-8, 8), interim);
  } else if (node.has("hazard_ratio")) {
    rule.kind = FutilityKind::effect;
    check_ratio(node, "hazard_ratio", input);
    for (const double ratio : read_thresholds(node, "hazard_ratio", Range::between(0.01, 100), interim))
      rule.threshold.push_back(drift_of(ratio, input));
  } else if (node.has("conditional_power")) {
    rule.kind = FutilityKind::trend_power;
    rule.threshold = read_thresholds(node, "conditional_power", Range::inside(0, 1), interim);
    if (node.has("assumed_hazard_ratio")) {
      rule.kind = FutilityKind::conditional_power;
      check_ratio(node, "assumed_hazard_ratio", input);
      rule.drift = drift_of(node.number("assumed_hazard_ratio", Range::between(0.01, 100)), input);
    }
    node.accept("assumed_hazard_ratio");
  } else if (node.has("spending")) {
    rule.kind = FutilityKind::spending;
    rule.beta = node.number("beta", Range::inside(0, 0.5));
    rule.spending = read_spending(node, {}, rule.beta, input.looks);
  }
  for (const char* kind : kinds) node.accept(kind);
  node.finish();
  return rule;
}

}  // namespace oligosim

#include "models/disease/hazard_ratios.hpp"

#include <algorithm>

namespace oligosim {

double ratio_at(std::span<const HazardRatioFrom> ratios, double month) {
  double ratio = 1;
  for (const HazardRatioFrom& change : ratios)
    if (change.from_month <= month) ratio = change.ratio;
  return ratio;
}

std::vector<double> change_months(std::vector<double> months) {
  months.push_back(0);
  std::ranges::sort(months);
  months.erase(std::unique(months.begin(), months.end()), months.end());
  return months;
}

std::vector<HazardRatioFrom> read_hazard_ratios(ConfigNode node) {
  if (node.kind("hazard_ratio") != YamlNode::Kind::sequence) {
    const double ratio = node.number("hazard_ratio", Range::at_least(0));
    return {{node.number("from_month", Range::at_least(0), 0), ratio}};
  }
  if (node.has("from_month")) node.problem("from_month", "cannot stand beside a list of hazard ratios with their own");
  node.accept("from_month");
  std::vector<HazardRatioFrom> ratios;
  for (ConfigNode& item : node.children("hazard_ratio")) {
    const double from = item.number("from_month", Range::at_least(0));
    if (!ratios.empty() && from <= ratios.back().from_month)
      item.problem("from_month", "is not above that of the hazard ratio before");
    ratios.push_back({from, item.number("ratio", Range::at_least(0))});
    item.finish();
  }
  if (ratios.empty())
    node.problem("hazard_ratio", "is an empty list (a number, or [{from_month: 0, ratio: 1.2}, ...])");
  return ratios;
}

}  // namespace oligosim

#include "engine/statistics/e_value.hpp"

#include <cmath>

namespace oligosim {

double e_value(double risk_ratio) {
  const double ratio = risk_ratio < 1 ? 1 / risk_ratio : risk_ratio;
  return ratio + std::sqrt(ratio * (ratio - 1));
}

double e_value_of_limits(double lower, double upper) {
  if (lower <= 1 && upper >= 1) return 1;
  return e_value(upper < 1 ? upper : lower);
}

double risk_ratio_of_hazard_ratio(double hazard_ratio) {
  return (1 - std::pow(0.5, std::sqrt(hazard_ratio))) / (1 - std::pow(0.5, std::sqrt(1 / hazard_ratio)));
}

double risk_ratio_of_odds_ratio(double odds_ratio) { return std::sqrt(odds_ratio); }

}  // namespace oligosim

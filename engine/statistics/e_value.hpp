#pragma once

namespace oligosim {

/// E-value of a risk ratio (VanderWeele and Ding 2017): the least strength, as a risk ratio, with which an unmeasured
/// confounder would have to go with both exposure and outcome to explain it away; 1 for a ratio of 1.
double e_value(double risk_ratio);

/// The E-value of an interval: of its limit nearer to 1, and 1 if it contains 1.
double e_value_of_limits(double lower, double upper);

/// A hazard ratio or an odds ratio of a common outcome (above about 15 %) as an approximate risk ratio, as there.
double risk_ratio_of_hazard_ratio(double hazard_ratio);  // (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1/HR))
double risk_ratio_of_odds_ratio(double odds_ratio);      // sqrt(OR)

}  // namespace oligosim

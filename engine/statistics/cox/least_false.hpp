#pragma once

#include <functional>
#include <span>

namespace oligosim {

/// Survival and density of one arm's event time, months since randomization.
struct ArmDistribution {
  std::function<double(double)> survival;
  std::function<double(double)> density;
  double share = 0.5;  // of patients
};

/// The value that the Cox log hazard ratio of the second arm against the first converges to under this censoring
/// (Struthers and Kalbfleisch 1986; Lin and Wei 1989): root of
/// integral {p1 f1 - [p1 S1 e^b / (p1 S1 e^b + p0 S0)] (p1 f1 + p0 f0)} G dt over [0, horizon].
/// Where the arms are censored differently, each one's survival and density have the factor of its own.
/// `uncensored`: G(t), probability of being still followed at t. `breaks`: times where a density or G has a kink.
double least_false_log_hazard_ratio(const ArmDistribution& first, const ArmDistribution& second,
                                    const std::function<double(double)>& uncensored, double horizon,
                                    std::span<const double> breaks);

}  // namespace oligosim

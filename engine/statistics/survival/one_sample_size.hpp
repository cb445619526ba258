#pragma once

#include <functional>
#include <span>

namespace oligosim {

/// Survival of a trial's patients and the cumulative hazard of the historical ones, months; `hazard` is its derivative.
struct OneSampleCurves {
  std::function<double(double)> survival, density;
  std::function<double(double)> historical, hazard;
  /// Probability of being still followed at t.
  std::function<double(double)> uncensored;
};

/// Of one patient followed to X, with event or without: what the one-sample log-rank test sums.
struct OneSampleMoments {
  double observed = 0;  // probability of an event
  double expected = 0;  // mean historical cumulative hazard at X
  double variance = 0;  // of event minus that hazard
};

/// By quadrature over [0, horizon]; `breaks`: months where a curve has a kink.
OneSampleMoments one_sample_moments(const OneSampleCurves& curves, double horizon, std::span<const double> breaks);

/// Patients of a one-sample log-rank test, one-sided at alpha (Wu 2015): n = (sqrt(expected) z_alpha +
/// sqrt(variance) z_power)^2 / (observed - expected)^2. Infinity where a patient has no fewer events than expected, to
/// 1e-9.
double one_sample_patients(const OneSampleMoments& moments, double alpha, double power);

/// The power that formula gives n patients.
double one_sample_power(const OneSampleMoments& moments, double alpha, double patients);

}  // namespace oligosim

#pragma once

#include <cstdint>

#include "engine/montecarlo/moments.hpp"
#include "engine/montecarlo/sketch.hpp"

namespace oligosim {

/// A performance measure of a simulation study with its Monte Carlo standard error and 95 % Monte Carlo interval
/// (Morris, White and Crowther 2019, table 6).
struct Measure {
  double value;
  double mcse;
  double lower;
  double upper;
  std::uint64_t n_replicates;  // that the value rests on
  std::uint64_t n_missing;     // missing or, where the measure rests on moments, infinite
};

// What too few replicates cannot give (a value from none, an error from one) is NaN. Intervals are those of Wilson
// for shares and otherwise value -+ 1.96 mcse.

/// Mean of 0/1 values.
Measure share(const Moments& indicator);
Measure mean(const Moments& values);
/// exp of the mean of logs, with delta-method error.
Measure geometric_mean(const Moments& logs);
/// `truth_error`: standard error of the true value where it was simulated, which is added to the Monte Carlo error.
Measure bias(const Moments& values, double truth, double truth_error = 0);
Measure empirical_se(const Moments& values);                              // EmpSE/sqrt(2(n-1))
Measure model_se(const Moments& variances);                               // sqrt(mean of se^2)
Measure relative_error(const Moments& values, const Moments& variances);  // ModSE/EmpSE - 1
Measure mean_squared_error(const Moments& values, double truth, double truth_error = 0);
/// Quantile with order-statistic interval; mcse is half that interval's width / 1.96. p in (0, 1).
Measure quantile(const Sketch& sketch, double p, std::uint64_t n_missing);
inline Measure median(const Sketch& sketch, std::uint64_t n_missing) { return quantile(sketch, 0.5, n_missing); }
/// Coverage of the mean estimate instead of the truth, from the distributions of both limits; a limit that is
/// infinite is in the sketch as such. `mean` on the scale of the limits.
Measure bias_eliminated_coverage(const Sketch& lower, const Sketch& upper, double mean, std::uint64_t n_missing);

}  // namespace oligosim

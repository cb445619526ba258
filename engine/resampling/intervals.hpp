#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/resampling/resamples.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Why limits are missing; `ok` otherwise.
enum class BootstrapStatus : std::uint8_t {
  ok,
  no_estimate,        // of the data themselves, or of their variance where it is needed
  too_few_resamples,  // fewer than two with a value
  no_spread,          // all values of the resamples are the same
  not_finite,         // a moment or a difference of infinite values
  one_sided,          // no resample below the estimate, or none above: the bias correction is infinite
  no_acceleration,    // a jackknife value is not finite, or they are all the same
};

/// Limits on the scale of the values given, with what they rest on.
struct BootstrapInterval {
  double lower = missing;
  double upper = missing;
  double lower_mcse = missing;  // Monte Carlo standard error: of drawing no more resamples than these
  double upper_mcse = missing;
  double bias = missing;  // mean of the resamples minus the estimate
  double standard_error = missing;
  std::size_t n_used = 0;
  std::size_t n_degenerate = 0;  // resamples without a value, left out
  bool extreme = false;          // a limit lies at or beyond the smallest or largest resample: take more of them
  BootstrapStatus status = BootstrapStatus::ok;
};

/// The values of one statistic in B resamples, sorted once for all kinds of interval.
class BootstrapDistribution {
 public:
  /// `replicates`: NaN where a resample has no value; those are left out and counted. Infinite values stay, at the
  /// ends: a median that is not reached. `estimate`: the statistic of the data.
  BootstrapDistribution(std::span<const double> replicates, double estimate, Arena& arena);

  double estimate() const { return estimate_; }
  std::size_t size() const { return sorted_.size(); }
  std::span<const double> sorted() const { return sorted_; }

  /// Quantile by R boot's rule: rank (B + 1) p, between ranks linear in the normal quantiles of theirs (Davison and
  /// Hinkley 1997, 5.2.1); the smallest or largest value beyond them.
  double quantile(double p) const;

  /// Its inverse: the p in [0, 1] at which the quantile is x; at ties the largest.
  double level(double x) const;

  /// Whether quantile(p) is at or beyond the first or last value.
  bool extreme(double p) const;

  /// sd of quantile(q) from that of its level (Woodruff 1952): half the difference of the quantiles one sd apart.
  double spread(double p, double level_sd) const;

  /// Share of values strictly below the estimate, plus `ties` times the share equal to it.
  double share_below(double ties) const;

  /// An interval without limits yet: what all kinds report; status `ok` where limits can be had.
  BootstrapInterval frame() const;

 private:
  double estimate_;
  std::size_t n_degenerate_;
  std::span<const double> sorted_;
};

/// Bias-corrected: estimate - bias -+ z sd of the resamples (divisor B - 1).
BootstrapInterval normal_interval(const BootstrapDistribution& distribution, double confidence);

/// 2 estimate - quantiles: the hybrid interval.
BootstrapInterval basic_interval(const BootstrapDistribution& distribution, double confidence);

BootstrapInterval percentile_interval(const BootstrapDistribution& distribution, double confidence);

/// Bias-corrected and accelerated (Efron 1987), as boot.ci. `ties`: how much of a resample equal to the estimate counts
/// as below it in the bias correction: 0 as boot.ci, 0.5 suits medians. `acceleration`: from jackknife_acceleration().
BootstrapInterval bca_interval(const BootstrapDistribution& distribution, double acceleration, double ties,
                               double confidence);

/// Sum L^3 / (6 (sum L^2)^1.5) of the jackknife influence L of each unit: (units of its stratum - 1) times estimate
/// minus the value without the unit; boot's empinf(type = "jack", strata). NaN where a value is not finite or L is 0.
double jackknife_acceleration(double estimate, std::span<const double> without, const ResampleFrame& frame,
                              Arena& arena);

/// Bootstrap t: estimate - sd of the estimate times quantiles of (t* - estimate) / sd*. `replicates` and their
/// `variances` in the same order; those without a finite positive variance or a finite value are left out.
BootstrapInterval studentized_interval(std::span<const double> replicates, std::span<const double> variances,
                                       double estimate, double variance, double confidence, Arena& arena);

/// The basic interval at levels calibrated by the fast double bootstrap (Davidson and MacKinnon 2007): with Q the
/// quantiles of t* - estimate and F the distribution of t** - t*, t** the value of one resample of each resample, the
/// level a becomes F(Q(a)): prepivoting (Beran 1987) with one distribution for all resamples. Chang and Hall (2015)
/// show that one second-level resample suffices for third-order accuracy in correcting a bias, but that intervals so
/// made do not gain the order of the full double bootstrap: read it as a check of the basic interval.
/// `replicates` and `second_level` in the same order; a pair without both values is left out. Infinite ones count, as
/// in all kinds; two that are not reached differ by nothing.
BootstrapInterval double_bootstrap_interval(std::span<const double> replicates, std::span<const double> second_level,
                                            double estimate, double confidence, Arena& arena);

}  // namespace oligosim

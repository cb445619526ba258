#include "engine/resampling/intervals.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "engine/numeric/normal.hpp"

namespace oligosim {

namespace {

struct Levels {
  double lower, upper;
};

Levels levels(double confidence) { return {(1.0 - confidence) / 2.0, (1.0 + confidence) / 2.0}; }

double sum_of_powers(std::span<const double> values, double centre, int power) {
  double sum = 0.0;
  for (const double v : values) sum += std::pow(v - centre, power);
  return sum;
}

/// sd of the share of B resamples below a quantile at level p.
double binomial_sd(double p, double resamples) { return std::sqrt(p * (1.0 - p) / resamples); }

/// Lower and upper limit at once, each with its error; status if one is not a number.
struct Limit {
  double value, mcse;
};

BootstrapInterval finished(BootstrapInterval interval, const Limit& lower, const Limit& upper) {
  if (std::isnan(lower.value) || std::isnan(upper.value)) {
    interval.status = BootstrapStatus::not_finite;
    return interval;
  }
  interval.lower = lower.value, interval.lower_mcse = lower.mcse;
  interval.upper = upper.value, interval.upper_mcse = upper.mcse;
  return interval;
}

BootstrapInterval refused(BootstrapInterval interval, BootstrapStatus status) {
  interval.status = status;
  return interval;
}

/// The distribution's quantile at a level that is known without error.
Limit quantile_limit(const BootstrapDistribution& distribution, double level) {
  const double n = static_cast<double>(distribution.size());
  return {distribution.quantile(level), distribution.spread(level, binomial_sd(level, n))};
}

/// from - scale * limit.
Limit reflected(double from, double scale, const Limit& limit) {
  return {from - scale * limit.value, scale * limit.mcse};
}

}  // namespace

BootstrapInterval normal_interval(const BootstrapDistribution& distribution, double confidence) {
  const BootstrapInterval interval = distribution.frame();
  if (interval.status != BootstrapStatus::ok) return interval;
  const double n = static_cast<double>(distribution.size());
  const double mean = distribution.estimate() + interval.bias, sd = interval.standard_error;
  const double z = normal_quantile(levels(confidence).upper);
  const double skewness = sum_of_powers(distribution.sorted(), mean, 3) / n / (sd * sd * sd);
  const double kurtosis = sum_of_powers(distribution.sorted(), mean, 4) / n / (sd * sd * sd * sd);
  // A limit moves by minus the error of the mean, and z times that of the sd.
  const auto limit = [&](double sign) {
    const double variance = 1.0 - sign * z * skewness + z * z * (kurtosis - 1.0) / 4.0;
    return Limit{distribution.estimate() - interval.bias + sign * z * sd, sd * std::sqrt(std::max(0.0, variance) / n)};
  };
  return finished(interval, limit(-1.0), limit(1.0));
}

BootstrapInterval basic_interval(const BootstrapDistribution& distribution, double confidence) {
  BootstrapInterval interval = distribution.frame();
  if (interval.status != BootstrapStatus::ok) return interval;
  const Levels level = levels(confidence);
  const double twice = 2.0 * distribution.estimate();
  interval.extreme = distribution.extreme(level.lower) || distribution.extreme(level.upper);
  return finished(interval, reflected(twice, 1.0, quantile_limit(distribution, level.upper)),
                  reflected(twice, 1.0, quantile_limit(distribution, level.lower)));
}

BootstrapInterval percentile_interval(const BootstrapDistribution& distribution, double confidence) {
  BootstrapInterval interval = distribution.frame();
  if (interval.status != BootstrapStatus::ok) return interval;
  const Levels level = levels(confidence);
  interval.extreme = distribution.extreme(level.lower) || distribution.extreme(level.upper);
  return finished(interval, quantile_limit(distribution, level.lower), quantile_limit(distribution, level.upper));
}

BootstrapInterval bca_interval(const BootstrapDistribution& distribution, double acceleration, double ties,
                               double confidence) {
  BootstrapInterval interval = distribution.frame();
  if (interval.status != BootstrapStatus::ok) return interval;
  const double n = static_cast<double>(distribution.size());
  const double below = distribution.share_below(ties);
  if (!(below > 0.0 && below < 1.0)) return refused(interval, BootstrapStatus::one_sided);
  if (!std::isfinite(acceleration)) return refused(interval, BootstrapStatus::no_acceleration);
  const double bias = normal_quantile(below);
  // The error of the limit: that of its level, which follows the share below the estimate, less that of the share
  // below the limit itself; both shares are of the same resamples.
  const auto limit = [&](double nominal) {
    const double moved = bias + normal_quantile(nominal);
    const double shrink = 1.0 - acceleration * moved;
    const double z = bias + moved / shrink;
    const double level = normal_cdf(z);
    const double slope = normal_density(z) * (1.0 + 1.0 / (shrink * shrink)) / normal_density(bias);
    const double variance = slope * slope * below * (1.0 - below) + level * (1.0 - level) -
                            2.0 * slope * (std::min(level, below) - level * below);
    interval.extreme = interval.extreme || distribution.extreme(level);
    return Limit{distribution.quantile(level), distribution.spread(level, std::sqrt(std::max(0.0, variance) / n))};
  };
  const Levels level = levels(confidence);
  const Limit lower = limit(level.lower), upper = limit(level.upper);
  return finished(interval, lower, upper);
}

double jackknife_acceleration(double estimate, std::span<const double> without, const ResampleFrame& frame,
                              Arena& arena) {
  assert(without.size() == frame.units);
  const Arena::Scope scope(arena);
  const std::span<double> size = arena.take<double>(frame.stratum.empty() ? 1 : frame.strata, 0.0);
  const auto stratum = [&](std::size_t i) { return frame.stratum.empty() ? std::size_t{0} : frame.stratum[i]; };
  for (std::size_t i = 0; i < frame.units; ++i) size[stratum(i)] += 1.0;
  double squares = 0.0, cubes = 0.0;
  for (std::size_t i = 0; i < frame.units; ++i) {
    // Alone in its stratum a unit is in every resample once: it has no influence, whatever happens without it.
    if (size[stratum(i)] == 1.0) continue;
    const double influence = (size[stratum(i)] - 1.0) * (estimate - without[i]);
    squares += influence * influence;
    cubes += influence * influence * influence;
  }
  const double acceleration = cubes / (6.0 * std::pow(squares, 1.5));
  return std::isfinite(acceleration) ? acceleration : missing;
}

BootstrapInterval studentized_interval(std::span<const double> replicates, std::span<const double> variances,
                                       double estimate, double variance, double confidence, Arena& arena) {
  assert(replicates.size() == variances.size());
  const Arena::Scope scope(arena);
  const std::span<double> value = arena.take<double>(replicates.size());
  const std::span<double> pivot = arena.take<double>(replicates.size());
  for (std::size_t b = 0; b < replicates.size(); ++b) {
    const bool known = std::isfinite(replicates[b]) && std::isfinite(variances[b]) && variances[b] > 0.0;
    value[b] = known ? replicates[b] : missing;
    pivot[b] = known ? (replicates[b] - estimate) / std::sqrt(variances[b]) : missing;
  }
  BootstrapInterval interval = BootstrapDistribution(value, estimate, arena).frame();
  if (interval.status != BootstrapStatus::ok) return interval;
  if (!std::isfinite(estimate) || !(variance > 0.0) || !std::isfinite(variance)) {
    return refused(interval, BootstrapStatus::no_estimate);
  }
  const BootstrapDistribution pivots(pivot, 0.0, arena);
  const Levels level = levels(confidence);
  const double sd = std::sqrt(variance);
  interval.extreme = pivots.extreme(level.lower) || pivots.extreme(level.upper);
  return finished(interval, reflected(estimate, sd, quantile_limit(pivots, level.upper)),
                  reflected(estimate, sd, quantile_limit(pivots, level.lower)));
}

BootstrapInterval double_bootstrap_interval(std::span<const double> replicates, std::span<const double> second_level,
                                            double estimate, double confidence, Arena& arena) {
  assert(replicates.size() == second_level.size());
  const Arena::Scope scope(arena);
  const std::span<double> value = arena.take<double>(replicates.size());
  const std::span<double> first = arena.take<double>(replicates.size());
  const std::span<double> second = arena.take<double>(replicates.size());
  for (std::size_t b = 0; b < replicates.size(); ++b) {
    const bool known = !std::isnan(replicates[b]) && !std::isnan(second_level[b]);
    value[b] = known ? replicates[b] : missing;
    first[b] = known ? replicates[b] - estimate : missing;
    const double change = replicates[b] == second_level[b] ? 0.0 : second_level[b] - replicates[b];
    second[b] = known ? change : missing;
  }
  BootstrapInterval interval = BootstrapDistribution(value, estimate, arena).frame();
  if (interval.status != BootstrapStatus::ok) return interval;
  if (!std::isfinite(estimate)) return refused(interval, BootstrapStatus::no_estimate);
  const BootstrapDistribution errors(first, 0.0, arena), errors_of_errors(second, 0.0, arena);
  const double n = static_cast<double>(errors.size());
  // Three shares are estimated: of second-level errors below Q(a), of errors below Q(a) and below Q(a'). The densities
  // of both distributions at Q(a) are taken as equal, and the distributions as independent.
  const auto limit = [&](double nominal) {
    const double level = errors_of_errors.level(errors.quantile(nominal));
    const double covariance = std::min(nominal, level) - nominal * level;
    const double variance = 2.0 * level * (1.0 - level) + nominal * (1.0 - nominal) + 2.0 * covariance;
    interval.extreme = interval.extreme || errors.extreme(level);
    return reflected(estimate, 1.0, {errors.quantile(level), errors.spread(level, std::sqrt(variance / n))});
  };
  const Levels level = levels(confidence);
  const Limit lower = limit(level.upper), upper = limit(level.lower);
  return finished(interval, lower, upper);
}

}  // namespace oligosim

#include "engine/resampling/jackknife.hpp"

#include <cmath>

#include "engine/numeric/normal.hpp"

namespace oligosim {
namespace {

struct StratumSums {
  double n = 0;
  double mean = 0;
  double squares = 0;  // about the mean
};

StratumSums sums_of(std::span<const double> without, const ResampleFrame& frame, std::size_t stratum) {
  const auto here = [&](std::size_t i) { return frame.stratum.empty() || frame.stratum[i] == stratum; };
  StratumSums sums;
  for (std::size_t i = 0; i < without.size(); ++i)
    if (here(i)) sums.n += 1, sums.mean += without[i];
  sums.mean /= sums.n;
  for (std::size_t i = 0; i < without.size(); ++i)
    if (here(i)) sums.squares += (without[i] - sums.mean) * (without[i] - sums.mean);
  return sums;
}

}  // namespace

BootstrapInterval jackknife_interval(double estimate, std::span<const double> without, const ResampleFrame& frame,
                                     double confidence) {
  BootstrapInterval interval;
  for (const double x : without) ++(std::isfinite(x) ? interval.n_used : interval.n_degenerate);
  if (!std::isfinite(estimate) || interval.n_degenerate > 0) {
    interval.status = BootstrapStatus::no_estimate;
    return interval;
  }
  double variance = 0, bias = 0;
  for (std::size_t s = 0; s < frame.strata; ++s) {
    const StratumSums sums = sums_of(without, frame, s);
    if (sums.n < 2) continue;  // alone, a unit is always there
    variance += (sums.n - 1) / sums.n * sums.squares;
    bias += (sums.n - 1) * (sums.mean - estimate);
  }
  interval.bias = bias;
  interval.standard_error = std::sqrt(variance);
  if (variance == 0) {
    interval.status = BootstrapStatus::no_spread;
    return interval;
  }
  const double z = normal_quantile(0.5 + confidence / 2);
  interval.lower = estimate - z * interval.standard_error;
  interval.upper = estimate + z * interval.standard_error;
  return interval;
}

}  // namespace oligosim

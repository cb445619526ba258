#include <algorithm>
#include <cmath>

#include "engine/numeric/ascending_rows.hpp"
#include "engine/numeric/normal.hpp"
#include "engine/resampling/intervals.hpp"

namespace oligosim {

namespace {

double finite_or_missing(double x) { return std::isfinite(x) ? x : missing; }

}  // namespace

BootstrapDistribution::BootstrapDistribution(std::span<const double> replicates, double estimate, Arena& arena)
    : estimate_(estimate) {
  const std::span<double> sorted = arena.take<double>(replicates.size());
  const Arena::Scope scope(arena);
  std::size_t n = 0;
  for (const std::uint32_t row : ascending_rows(replicates, {}, arena)) sorted[n++] = replicates[row];
  sorted_ = sorted.first(n);
  n_degenerate_ = replicates.size() - n;
}

double BootstrapDistribution::quantile(double p) const {
  if (sorted_.empty() || std::isnan(p)) return missing;
  const double places = static_cast<double>(sorted_.size() + 1), rank = places * p;
  if (rank < 1.0) return sorted_.front();
  if (rank >= places - 1.0) return sorted_.back();
  const auto k = static_cast<std::size_t>(rank);
  const double whole = static_cast<double>(k), below = sorted_[k - 1], above = sorted_[k];
  if (whole == rank || below == above) return below;  // also where both are infinite
  const double from = normal_quantile(whole / places), to = normal_quantile((whole + 1.0) / places);
  return below + (normal_quantile(p) - from) / (to - from) * (above - below);
}

double BootstrapDistribution::level(double x) const {
  const auto after = std::upper_bound(sorted_.begin(), sorted_.end(), x);
  const double places = static_cast<double>(sorted_.size() + 1);
  const double whole = static_cast<double>(after - sorted_.begin());
  if (after == sorted_.begin()) return 0.0;
  const double below = *(after - 1);
  if (after == sorted_.end() && x > below) return 1.0;
  if (x == below || !std::isfinite(*after - below)) return whole / places;
  const double from = normal_quantile(whole / places), to = normal_quantile((whole + 1.0) / places);
  return normal_cdf(from + (x - below) / (*after - below) * (to - from));
}

bool BootstrapDistribution::extreme(double p) const {
  const double n = static_cast<double>(sorted_.size()), rank = (n + 1.0) * p;
  return !(rank > 1.0 && rank < n);
}

double BootstrapDistribution::spread(double p, double level_sd) const {
  return finite_or_missing(0.5 * (quantile(std::min(1.0, p + level_sd)) - quantile(std::max(0.0, p - level_sd))));
}

double BootstrapDistribution::share_below(double ties) const {
  const auto [first, last] = std::equal_range(sorted_.begin(), sorted_.end(), estimate_);
  const double below = static_cast<double>(first - sorted_.begin()), equal = static_cast<double>(last - first);
  return (below + ties * equal) / static_cast<double>(sorted_.size());
}

BootstrapInterval BootstrapDistribution::frame() const {
  BootstrapInterval interval;
  interval.n_used = sorted_.size();
  interval.n_degenerate = n_degenerate_;
  if (std::isnan(estimate_)) {
    interval.status = BootstrapStatus::no_estimate;
    return interval;
  }
  if (sorted_.size() < 2) {
    interval.status = BootstrapStatus::too_few_resamples;
    return interval;
  }
  const double n = static_cast<double>(sorted_.size());
  double sum = 0.0, squares = 0.0;
  for (const double t : sorted_) sum += t;
  const double mean = sum / n;
  for (const double t : sorted_) squares += (t - mean) * (t - mean);
  interval.bias = finite_or_missing(mean - estimate_);
  interval.standard_error = finite_or_missing(std::sqrt(squares / (n - 1.0)));
  if (sorted_.front() == sorted_.back()) interval.status = BootstrapStatus::no_spread;
  return interval;
}

}  // namespace oligosim

#include "engine/statistics/categorical/mcnemar.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/log_factorial.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "engine/statistics/signed_score.hpp"

namespace oligosim {

namespace {

/// P(X <= x) of n fair coins.
double fair_binomial(std::uint32_t x, std::uint32_t n) {
  double sum = 0.0;
  for (std::uint32_t k = 0; k <= x; ++k) sum += std::exp(log_choose(n, k) - n * std::log(2.0));
  return std::min(1.0, sum);
}

double correlation(double both, double before_only, double after_only, double neither) {
  const double margins = (both + before_only) * (after_only + neither) * (both + after_only) * (before_only + neither);
  if (margins == 0.0) return 0.0;
  const double n = both + before_only + after_only + neither, above = both * neither - before_only * after_only;
  return (above > 0.0 ? std::max(0.0, above - 0.5 * n) : above) / std::sqrt(margins);
}

// Length of the sum of two steps whose correlation is -phi.
double combined(double x, double y, double phi) { return std::sqrt(std::max(0.0, x * x - 2.0 * phi * x * y + y * y)); }

}  // namespace

Estimate paired_difference(const PairedCounts& counts, double confidence) {
  const double both = counts.both, before_only = counts.before_only, after_only = counts.after_only;
  const double n = both + before_only + after_only + counts.neither;
  Estimate result;
  result.n = n;
  if (n == 0.0) {
    result.status = Status::empty_group;
    return result;
  }
  const double change = (after_only - before_only) / n;
  result.estimate = change;
  result.standard_error = std::sqrt((after_only + before_only) / n - change * change) / std::sqrt(n);
  const Estimate before = proportion(both + before_only, n, ProportionInterval::wilson, confidence);
  const Estimate after = proportion(both + after_only, n, ProportionInterval::wilson, confidence);
  const double phi = correlation(both, before_only, after_only, counts.neither);
  result.lower = change - combined(after.estimate - after.lower, before.upper - before.estimate, phi);
  result.upper = change + combined(after.upper - after.estimate, before.estimate - before.lower, phi);
  const std::uint32_t differing = counts.before_only + counts.after_only;
  const double rise = fair_binomial(counts.before_only, differing), fall = fair_binomial(counts.after_only, differing);
  result.p_value = std::min(1.0, 2.0 * std::min(rise, fall));
  result.signed_statistic = signed_score(fall, rise);
  return result;
}

}  // namespace oligosim

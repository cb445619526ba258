#include "engine/statistics/categorical/mantel_haenszel.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/contrast.hpp"

namespace oligosim {

namespace {

// Whether a stratum says anything of the odds ratio.
bool informs(const TwoProportions& c) {
  const double successes = c.reference + c.later;
  return compares(c) && successes > 0.0 && successes < c.reference_n + c.later_n;
}

// Sums over strata of the scores at a common odds ratio.
struct ScoreSums {
  double excess = 0.0, variance = 0.0;
  double chi_square = 0.0;  // of each stratum by itself
};
ScoreSums score_sums(StratifiedProportions strata, double ratio, OddsRatioTest test) {
  ScoreSums sums;
  for (const TwoProportions& c : strata) {
    if (!informs(c)) continue;
    const OddsScore own = score_of_odds(c, ratio, test);
    sums.excess += own.excess;
    sums.variance += own.variance;
    sums.chi_square += own.excess * own.excess / own.variance;
  }
  return sums;
}

// Numerator and denominator of the common odds ratio, and the sums of the variance of its logarithm.
struct RatioSums {
  double above = 0.0, below = 0.0;
  double of_above = 0.0, of_both = 0.0, of_below = 0.0;
  bool finite() const { return above > 0.0 && below > 0.0; }
  double ratio() const { return above / below; }
  // Robins, Breslow and Greenland (1986).
  double log_variance() const {
    return (of_above / above / above + of_both / above / below + of_below / below / below) / 2.0;
  }
};
RatioSums ratio_sums(StratifiedProportions strata) {
  RatioSums sums;
  for (const TwoProportions& c : strata) {
    if (!informs(c)) continue;
    const double n = c.reference_n + c.later_n;
    const double failures = c.reference_n - c.reference, later_failures = c.later_n - c.later;
    const double above = c.later * failures / n, below = c.reference * later_failures / n;
    const double concordant = (c.later + failures) / n, discordant = (c.reference + later_failures) / n;
    sums.above += above;
    sums.below += below;
    sums.of_above += concordant * above;
    sums.of_both += concordant * below + discordant * above;
    sums.of_below += discordant * below;
  }
  return sums;
}

}  // namespace

Estimate mantel_haenszel_odds_ratio(StratifiedProportions strata, OddsRatioTest test, double confidence) {
  Estimate e = contrast_of(strata);
  if (e.status != Status::ok) return e;
  const ScoreSums score = score_sums(strata, 1.0, test);
  set_normal_test(e, score.excess / std::sqrt(score.variance));  // NaN without a stratum that informs
  if (e.status != Status::ok) return e;
  const RatioSums sums = ratio_sums(strata);
  if (!sums.finite()) {
    e.status = Status::separation;
    return e;
  }
  e.estimate = sums.ratio();
  e.standard_error = std::sqrt(sums.log_variance());
  const double half = normal_quantile(0.5 + confidence / 2.0) * e.standard_error;
  e.lower = e.estimate * std::exp(-half);
  e.upper = e.estimate * std::exp(half);
  return e;
}

Estimate breslow_day_test(StratifiedProportions strata) {
  Estimate e = contrast_of(strata);
  if (e.status != Status::ok) return e;
  const auto informing = std::ranges::count_if(strata, informs);
  if (informing < 2) {
    e.status = e.n_events > 0.0 ? Status::singular : Status::no_events;
    return e;
  }
  const RatioSums sums = ratio_sums(strata);
  if (!sums.finite()) {
    e.status = Status::separation;
    return e;
  }
  const ScoreSums score = score_sums(strata, sums.ratio(), OddsRatioTest::score);
  e.df = static_cast<double>(informing - 1);
  e.statistic = std::max(0.0, score.chi_square - score.excess * score.excess / score.variance);
  e.p_value = chi_square_upper_tail(e.statistic, e.df);
  return e;
}

}  // namespace oligosim

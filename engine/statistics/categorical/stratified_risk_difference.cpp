#include "engine/statistics/categorical/stratified_risk_difference.hpp"

#include <algorithm>
#include <cmath>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/score_limit.hpp"
#include "engine/statistics/contrast.hpp"

namespace oligosim {

namespace {

double difference_seen(const TwoProportions& c) { return c.later / c.later_n - c.reference / c.reference_n; }

// Mean of the strata's differences by their weights.
double weighted_difference(StratifiedProportions strata) {
  double sum = 0.0, total = 0.0;
  for (const TwoProportions& c : strata) {
    if (!compares(c)) continue;
    const double weight = mantel_haenszel_weight(c);
    sum += weight * difference_seen(c);
    total += weight;
  }
  return sum / total;
}

// Sato's (1989) variance. Each stratum's share of `chance` is at least half its weight times its difference, that of
// `tilt` at most half its weight, so that the sum is below 0 by rounding alone.
double sato_variance(StratifiedProportions strata, double difference) {
  double tilt = 0.0, chance = 0.0, total = 0.0;
  for (const TwoProportions& c : strata) {
    if (!compares(c)) continue;
    const double n = c.reference_n + c.later_n;
    tilt += (c.later_n / n) * (c.later_n / n) * c.reference - (c.reference_n / n) * (c.reference_n / n) * c.later +
            mantel_haenszel_weight(c) * (c.reference_n - c.later_n) / (2.0 * n);
    chance += (c.later * (c.reference_n - c.reference) + c.reference * (c.later_n - c.later)) / (2.0 * n);
    total += mantel_haenszel_weight(c);
  }
  return std::max(0.0, difference * tilt + chance) / (total * total);
}

void set_interval(Estimate& e, StratifiedProportions strata, RiskDifferenceInterval interval, double confidence) {
  if (interval == RiskDifferenceInterval::wald) set_wald_interval(e, confidence);
  if (interval != RiskDifferenceInterval::miettinen_nurminen) return;
  const double z = normal_quantile(0.5 + confidence / 2.0);
  const auto score = [&](double difference) {
    return stratified_risk_difference_score(strata, difference, RiskDifferenceTest::miettinen_nurminen);
  };
  e.lower = difference_score_limit(score, e.estimate, -furthest_difference, z);
  e.upper = difference_score_limit(score, e.estimate, furthest_difference, z);
}

}  // namespace

bool compares(const TwoProportions& c) { return c.reference_n > 0.0 && c.later_n > 0.0; }

double mantel_haenszel_weight(const TwoProportions& c) {
  return c.reference_n * c.later_n / (c.reference_n + c.later_n);
}

Estimate contrast_of(StratifiedProportions strata) {
  TwoProportions all{};
  for (const TwoProportions& c : strata) {
    all.reference += c.reference, all.reference_n += c.reference_n;
    all.later += c.later, all.later_n += c.later_n;
  }
  Estimate e = contrast_of(all);
  if (e.status == Status::ok && std::ranges::none_of(strata, compares)) e.status = Status::singular;
  return e;
}

double stratified_risk_difference_score(StratifiedProportions strata, double null, RiskDifferenceTest test) {
  double excess = 0.0, variance = 0.0, total = 0.0;
  for (const TwoProportions& c : strata) {
    if (!compares(c)) continue;
    const double weight = mantel_haenszel_weight(c);
    excess += weight * (difference_seen(c) - null);
    variance += weight * weight * restricted_variance(c, null, test);
    total += weight;
  }
  // 1e-15: what rounding leaves of a variance of 0.
  if (!(variance > 1e-15 * total * total)) return missing;
  return excess / std::sqrt(variance);
}

Estimate stratified_risk_difference(StratifiedProportions strata, RiskDifferenceInterval interval,
                                    RiskDifferenceTest test, double null, double confidence) {
  Estimate e = contrast_of(strata);
  if (e.status != Status::ok) return e;
  e.estimate = weighted_difference(strata);
  e.standard_error = std::sqrt(sato_variance(strata, e.estimate));
  set_interval(e, strata, interval, confidence);
  const double z = stratified_risk_difference_score(strata, null, test);
  if (std::isnan(z)) return e;  // all alike: an estimate without a test
  set_normal_test(e, z);
  return e;
}

}  // namespace oligosim

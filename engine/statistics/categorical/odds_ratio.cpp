#include "engine/statistics/categorical/odds_ratio.hpp"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/contrast.hpp"

namespace oligosim {

namespace {

constexpr double furthest = 600.0;  // of a log odds ratio, whose exponential is still a number

double odds_times(double p, double ratio) { return ratio * p / (1.0 - p + ratio * p); }

// Binomial variances of both groups at the restricted probabilities.
struct RestrictedVariances {
  double reference, later;
  /// Of the score, given all successes.
  double of_score() const { return reference * later / (reference + later); }
};
RestrictedVariances restricted_variances(const TwoProportions& c, double restricted, double ratio) {
  const double odds = 1.0 - restricted + ratio * restricted;  // q of the later group is (1 - restricted) / odds
  return {c.reference_n * restricted * (1.0 - restricted),
          c.later_n * ratio * restricted * (1.0 - restricted) / (odds * odds)};
}

// Mean of the score per patient, and its standard deviation per root of one: under the null, and in truth.
struct UnitScore {
  double mean, null, truth;
};
UnitScore unit_score(const PlannedProportions& p) {
  const double other = 1.0 - p.later_share;
  const TwoProportions counts{p.reference * other, other, p.later * p.later_share, p.later_share};
  const double restricted = restricted_reference_of_odds(counts, p.null);
  const RestrictedVariances v = restricted_variances(counts, restricted, p.null);
  const double weight = v.reference / (v.reference + v.later);  // of the later group's successes, by the delta method
  return {counts.later - p.later_share * odds_times(restricted, p.null), std::sqrt(v.of_score()),
          std::hypot(weight * std::sqrt(p.later_share * p.later * (1.0 - p.later)),
                     (1.0 - weight) * std::sqrt(other * p.reference * (1.0 - p.reference)))};
}

// The log odds ratio where the score test is just rejected on the side of `sign` (-1: the lower limit).
double score_limit(const TwoProportions& counts, double inside, double sign, double z) {
  const auto excess = [&](double log_ratio) {
    const double score = odds_ratio_score(counts, std::exp(log_ratio), OddsRatioTest::miettinen_nurminen);
    return std::isnan(score) ? furthest : -sign * score - z;
  };
  double near = inside, step = 0.5;
  while (std::abs(near + sign * step) < furthest && excess(near + sign * step) < 0.0) near += sign * step, step *= 2.0;
  const double far = std::clamp(near + sign * step, -furthest, furthest);
  if (excess(far) < 0.0) return sign * std::numeric_limits<double>::infinity();
  std::uintmax_t iterations = 200;
  const auto bracket = boost::math::tools::toms748_solve(excess, std::min(near, far), std::max(near, far),
                                                         boost::math::tools::eps_tolerance<double>(50), iterations);
  return 0.5 * (bracket.first + bracket.second);
}

void set_score_interval(Estimate& e, const TwoProportions& c, double log_ratio, double confidence) {
  const double z = normal_quantile(0.5 + confidence / 2.0);
  // A ratio of 0 or infinity has one limit; what the test does not reject is then looked for from 0 on.
  const double infinity = std::numeric_limits<double>::infinity(), side = std::copysign(1.0, log_ratio);
  double inside = std::isfinite(log_ratio) ? log_ratio : 0.0;
  while (side * odds_ratio_score(c, std::exp(inside), OddsRatioTest::miettinen_nurminen) > z) inside += side;
  e.lower = log_ratio == -infinity ? 0.0 : std::exp(score_limit(c, inside, -1.0, z));
  e.upper = log_ratio == infinity ? infinity : std::exp(score_limit(c, inside, 1.0, z));
}

}  // namespace

// The quadratic of Miettinen and Nurminen (1985), by the form of its root that does not cancel.
double restricted_reference_of_odds(const TwoProportions& c, double ratio) {
  const double successes = c.reference + c.later;
  const double a = c.reference_n * (ratio - 1.0);
  const double b = c.reference_n + c.later_n * ratio - successes * (ratio - 1.0);
  const double root = std::sqrt(std::max(0.0, b * b + 4.0 * a * successes));
  const double p = b >= 0.0 ? 2.0 * successes / (b + root) : (root - b) / (2.0 * a);
  return std::clamp(p, 0.0, 1.0);
}

OddsScore score_of_odds(const TwoProportions& c, double ratio, OddsRatioTest test) {
  const double n = c.reference_n + c.later_n, restricted = restricted_reference_of_odds(c, ratio);
  const double factor = test == OddsRatioTest::miettinen_nurminen ? n / (n - 1.0) : 1.0;
  return {c.later - c.later_n * odds_times(restricted, ratio),
          factor * restricted_variances(c, restricted, ratio).of_score()};
}

double odds_ratio_score(const TwoProportions& c, double null, OddsRatioTest test) {
  const double successes = c.reference + c.later;
  if (!(successes > 0.0 && successes < c.reference_n + c.later_n)) return missing;
  const OddsScore score = score_of_odds(c, null, test);
  if (!(score.variance > 0.0)) return missing;
  return score.excess / std::sqrt(score.variance);
}

Estimate odds_ratio(const TwoProportions& c, OddsRatioInterval interval, OddsRatioTest test, double null,
                    double confidence) {
  Estimate e = contrast_of(c);
  if (e.status != Status::ok) return e;
  set_normal_test(e, odds_ratio_score(c, null, test));
  if (e.status != Status::ok) return e;
  const double failures = c.reference_n - c.reference, later_failures = c.later_n - c.later;
  const double log_ratio = std::log(c.later * failures) - std::log(c.reference * later_failures);
  if (interval == OddsRatioInterval::miettinen_nurminen) set_score_interval(e, c, log_ratio, confidence);
  if (!std::isfinite(log_ratio)) {
    e.status = Status::separation;
    return e;
  }
  e.estimate = std::exp(log_ratio);
  e.standard_error = std::sqrt(1.0 / c.reference + 1.0 / failures + 1.0 / c.later + 1.0 / later_failures);
  if (interval == OddsRatioInterval::wald) {
    const double half = normal_quantile(0.5 + confidence / 2.0) * e.standard_error;
    e.lower = std::exp(log_ratio - half);
    e.upper = std::exp(log_ratio + half);
  }
  return e;
}

void test_equivalence_of_odds(Estimate& e, const TwoProportions& counts, double limit, OddsRatioTest test) {
  const double above = odds_ratio_score(counts, 1.0 / limit, test), below = -odds_ratio_score(counts, limit, test);
  if (std::isnan(above) || std::isnan(below)) return;
  e.statistic = e.signed_statistic = std::min(above, below);
  e.p_value = std::min(1.0, 2.0 * normal_cdf(-e.signed_statistic));
}

double odds_ratio_power(const PlannedProportions& p, double n, double alpha) {
  const UnitScore score = unit_score(p);
  return normal_cdf((score.mean * std::sqrt(n) - normal_quantile(1.0 - alpha) * score.null) / score.truth);
}

double odds_ratio_patients(const PlannedProportions& p, double power, double alpha) {
  const UnitScore score = unit_score(p);
  if (!(score.mean > 0.0)) return std::numeric_limits<double>::infinity();
  const double root = (normal_quantile(1.0 - alpha) * score.null + normal_quantile(power) * score.truth) / score.mean;
  return root * root;
}

}  // namespace oligosim

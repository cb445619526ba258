#include "engine/statistics/categorical/risk_difference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/numeric/normal.hpp"
#include "engine/statistics/categorical/proportion.hpp"
#include "engine/statistics/categorical/score_limit.hpp"
#include "engine/statistics/contrast.hpp"

namespace oligosim {

namespace {

double variance_of(double p, double n) { return p * (1.0 - p) / n; }

// Squared standard error of the difference per root of patients, at these probabilities.
double unit_variance(double reference, double later, double later_share) {
  return variance_of(reference, 1.0 - later_share) + variance_of(later, later_share);
}

struct UnitErrors {
  double null, truth;
};
UnitErrors unit_errors(const PlannedProportions& p) {
  const double other = 1.0 - p.later_share;
  const double reference =
      restricted_reference({p.reference * other, other, p.later * p.later_share, p.later_share}, p.null);
  return {std::sqrt(unit_variance(reference, reference + p.null, p.later_share)),
          std::sqrt(unit_variance(p.reference, p.later, p.later_share))};
}

void set_newcombe(Estimate& e, const TwoProportions& c, double confidence) {
  const Estimate a = proportion(c.reference, c.reference_n, ProportionInterval::wilson, confidence);
  const Estimate b = proportion(c.later, c.later_n, ProportionInterval::wilson, confidence);
  e.lower = e.estimate - std::hypot(b.estimate - b.lower, a.upper - a.estimate);
  e.upper = e.estimate + std::hypot(b.upper - b.estimate, a.estimate - a.lower);
}

void set_interval(Estimate& e, const TwoProportions& counts, RiskDifferenceInterval interval, double confidence) {
  const double z = normal_quantile(0.5 + confidence / 2.0);
  const auto score = [&](double difference) {
    return risk_difference_score(counts, difference, RiskDifferenceTest::miettinen_nurminen);
  };
  switch (interval) {
    case RiskDifferenceInterval::miettinen_nurminen:
      e.lower = difference_score_limit(score, e.estimate, -furthest_difference, z);
      e.upper = difference_score_limit(score, e.estimate, furthest_difference, z);
      break;
    case RiskDifferenceInterval::newcombe:
      set_newcombe(e, counts, confidence);
      break;
    case RiskDifferenceInterval::wald:
      set_wald_interval(e, confidence);
      break;
  }
}

}  // namespace

Estimate contrast_of(const TwoProportions& c) {
  Estimate e;
  e.n = c.reference_n + c.later_n;
  e.n_events = c.reference + c.later;
  if (!(c.reference_n > 0.0 && c.later_n > 0.0)) e.status = Status::empty_group;
  return e;
}

// The root of the cubic of Miettinen and Nurminen (1985) that lies between the limits.
double restricted_reference(const TwoProportions& c, double d) {
  const double n = c.reference_n + c.later_n, successes = c.reference + c.later;
  const double b = ((c.later_n + 2.0 * c.reference_n) * d - n - successes) / (3.0 * n);
  const double l1 = ((c.reference_n * d - n - 2.0 * c.reference) * d + successes) / (3.0 * n);
  const double l0 = c.reference * d * (1.0 - d) / (2.0 * n);
  const double q = b * b * b - 1.5 * b * l1 + l0;
  const double radius = std::sqrt(std::max(0.0, b * b - l1)), p = q < 0.0 ? -radius : radius;
  const double cosine = p == 0.0 ? 0.0 : std::clamp(q / (p * p * p), -1.0, 1.0);
  const double root = 2.0 * p * std::cos((std::numbers::pi + std::acos(cosine)) / 3.0) - b;
  return std::clamp(root, std::max(0.0, -d), std::min(1.0, 1.0 - d));
}

double restricted_variance(const TwoProportions& c, double difference, RiskDifferenceTest test) {
  const double reference = restricted_reference(c, difference), n = c.reference_n + c.later_n;
  const double factor = test == RiskDifferenceTest::miettinen_nurminen ? n / (n - 1.0) : 1.0;
  const double later = std::clamp(reference + difference, 0.0, 1.0);
  return factor * (variance_of(reference, c.reference_n) + variance_of(later, c.later_n));
}

double risk_difference_score(const TwoProportions& c, double null, RiskDifferenceTest test) {
  const double variance = restricted_variance(c, null, test);
  // 1e-15: what rounding leaves of a variance of 0.
  if (!(variance > 1e-15)) return missing;
  return (c.later / c.later_n - c.reference / c.reference_n - null) / std::sqrt(variance);
}

Estimate risk_difference(const TwoProportions& c, RiskDifferenceInterval interval, RiskDifferenceTest test, double null,
                         double confidence) {
  Estimate e = contrast_of(c);
  if (e.status != Status::ok) return e;
  const double reference = c.reference / c.reference_n, later = c.later / c.later_n;
  e.estimate = later - reference;
  e.standard_error = std::sqrt(variance_of(reference, c.reference_n) + variance_of(later, c.later_n));
  set_interval(e, c, interval, confidence);
  const double z = risk_difference_score(c, null, test);
  if (std::isnan(z)) return e;  // all alike: an estimate without a test
  set_normal_test(e, z);
  return e;
}

double risk_difference_power(const PlannedProportions& p, double n, double alpha) {
  const UnitErrors error = unit_errors(p);
  const double effect = (p.later - p.reference - p.null) * std::sqrt(n);
  return normal_cdf((effect - normal_quantile(1.0 - alpha) * error.null) / error.truth);
}

double risk_difference_patients(const PlannedProportions& p, double power, double alpha) {
  const double effect = p.later - p.reference - p.null;
  if (!(effect > 0.0)) return std::numeric_limits<double>::infinity();
  const UnitErrors error = unit_errors(p);
  const double root = (normal_quantile(1.0 - alpha) * error.null + normal_quantile(power) * error.truth) / effect;
  return root * root;
}

}  // namespace oligosim

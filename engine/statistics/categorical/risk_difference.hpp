#pragma once

#include "engine/statistics/estimate.hpp"

namespace oligosim {

/// Successes and patients of a reference group and of a later one; need not be whole.
struct TwoProportions {
  double reference, reference_n;
  double later, later_n;
};

/// Miettinen and Nurminen (1985): where their score test would not reject; Newcombe (1998), his method 10: from
/// Wilson's intervals; Wald.
enum class RiskDifferenceInterval { miettinen_nurminen, newcombe, wald };
/// The variance of the score test: of Farrington and Manning (1990), or theirs times N / (N - 1).
enum class RiskDifferenceTest { farrington_manning, miettinen_nurminen };

/// A comparison before its value: n and n_events of both groups together; `empty_group` where one is empty.
Estimate contrast_of(const TwoProportions& counts);

/// The probability of the reference group where the likelihood is largest among those that differ by `difference`
/// (later minus reference), in closed form.
double restricted_reference(const TwoProportions& counts, double difference);

/// Variance of the difference seen, with the probabilities restricted to `difference`.
double restricted_variance(const TwoProportions& counts, double difference, RiskDifferenceTest test);

/// z of the score test that the difference is `null`; NaN where the variance is 0. Positive where the later is larger.
/// At 0 of Farrington and Manning its square is R's prop.test without correction.
double risk_difference_score(const TwoProportions& counts, double null, RiskDifferenceTest test);

/// Later minus reference with its interval, Wald's standard error and the score test; `empty_group` without patients.
Estimate risk_difference(const TwoProportions& counts, RiskDifferenceInterval interval, RiskDifferenceTest test,
                         double null, double confidence);

/// A comparison that is planned: true probabilities, the difference (or odds ratio) tested against, and the share of
/// patients in the later group.
struct PlannedProportions {
  double reference, later;
  double null;
  double later_share;
};
/// Power of Farrington and Manning's test (1990, with restricted probabilities under the null) among n patients, at
/// level `alpha` in the upper tail; and the patients that a power takes. Infinite where nothing is to be found.
double risk_difference_power(const PlannedProportions& planned, double n, double alpha);
double risk_difference_patients(const PlannedProportions& planned, double power, double alpha);

}  // namespace oligosim

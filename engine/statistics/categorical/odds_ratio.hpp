#pragma once

#include "engine/statistics/categorical/risk_difference.hpp"

namespace oligosim {

/// Wald's on the log scale (Woolf 1955); Miettinen and Nurminen (1985): where their score test would not reject.
enum class OddsRatioInterval { wald, miettinen_nurminen };
/// The variance of the score test: with the restricted probabilities as they are (Cornfield 1956 without correction),
/// or that of Miettinen and Nurminen, theirs times N / (N - 1).
enum class OddsRatioTest { score, miettinen_nurminen };

/// The probability of the reference group where the likelihood is largest among those whose odds have this ratio (later
/// over reference).
double restricted_reference_of_odds(const TwoProportions& counts, double ratio);

/// Successes of the later group beyond those expected where the odds have this ratio, given all successes, and their
/// variance. Neither group may be empty, and neither all nor none of the patients have succeeded.
struct OddsScore {
  double excess, variance;
};
OddsScore score_of_odds(const TwoProportions& counts, double ratio, OddsRatioTest test);

/// z of the score test that the odds ratio is `null`; NaN where the variance is 0. Positive where the later group has
/// the larger odds. At 1 the square of `score` is R's prop.test without correction.
double odds_ratio_score(const TwoProportions& counts, double null, OddsRatioTest test);

/// Odds of the later group over those of the reference, with its interval, Woolf's standard error of the logarithm and
/// the score test. With a group all or none of whose patients succeeded: `separation`, no estimate and no Wald limits,
/// but the test, and a score interval that is open on one side (0 or infinity). All alike: `no_events` or `singular`,
/// nothing. `empty_group` without patients.
Estimate odds_ratio(const TwoProportions& counts, OddsRatioInterval interval, OddsRatioTest test, double null,
                    double confidence);

/// The two one-sided tests (Schuirmann 1987) that the odds ratio lies between 1 / limit and limit, by the score test:
/// the signed statistic is the smaller of theirs, positive where both favour it; p is twice the larger.
void test_equivalence_of_odds(Estimate& e, const TwoProportions& counts, double limit, OddsRatioTest test);

/// Power of the score test (asymptotically, with the restricted probabilities that the true ones tend to under the
/// null) among n patients, at level `alpha` in the upper tail; and the patients that a power takes. At a null of 1 that
/// is Farrington and Manning's of a difference of 0. Infinite where nothing is to be found.
double odds_ratio_power(const PlannedProportions& planned, double n, double alpha);
double odds_ratio_patients(const PlannedProportions& planned, double power, double alpha);

}  // namespace oligosim

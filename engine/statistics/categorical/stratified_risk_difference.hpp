#pragma once

#include <span>

#include "engine/statistics/categorical/risk_difference.hpp"

namespace oligosim {

/// Successes and patients of both groups in each stratum. One in which a group is empty says nothing of their
/// difference; it counts in n and n_events alone, as in a stratified log-rank test.
using StratifiedProportions = std::span<const TwoProportions>;

/// Whether both groups have patients in this stratum.
bool compares(const TwoProportions& stratum);
/// Mantel and Haenszel's weight of such a stratum: the product of the groups' patients over their sum.
double mantel_haenszel_weight(const TwoProportions& stratum);

/// A comparison before its value: n and n_events of all strata; `empty_group` where a group is empty in all of them,
/// `singular` where no stratum has patients of both.
Estimate contrast_of(StratifiedProportions strata);

/// z of the score test that the difference is `null` in each stratum: the differences seen less `null`, weighted by
/// Mantel and Haenszel, over the root of their variance with the probabilities of each stratum restricted to `null`
/// (Farrington and Manning 1990, or Miettinen and Nurminen's, theirs times N / (N - 1) of the stratum). NaN where that
/// is 0. At 0 of Miettinen and Nurminen the Cochran-Mantel-Haenszel test without correction. Of one stratum that of
/// risk_difference_score.
double stratified_risk_difference_score(StratifiedProportions strata, double null, RiskDifferenceTest test);

/// Differences, later minus reference, weighted by Mantel and Haenszel (Greenland and Robins 1985), with Sato's (1989)
/// standard error, which holds for few large and for many small strata, and the score test. `interval` is `wald` (with
/// that error) or `miettinen_nurminen` (where the score test with their variance would not reject); limits are missing
/// for `newcombe`. Of one stratum those of risk_difference. All alike in each stratum: an estimate without a test.
Estimate stratified_risk_difference(StratifiedProportions strata, RiskDifferenceInterval interval,
                                    RiskDifferenceTest test, double null, double confidence);

}  // namespace oligosim

#pragma once

#include "engine/statistics/categorical/odds_ratio.hpp"
#include "engine/statistics/categorical/stratified_risk_difference.hpp"

namespace oligosim {

/// Odds of the later group over those of the reference, common to the strata (Mantel and Haenszel 1959), with the
/// standard error of its logarithm of Robins, Breslow and Greenland (1986) and Wald's limits with it. The test is that
/// of a ratio of 1: Mantel and Haenszel's without correction, as R's mantelhaen.test
/// (OddsRatioTest::miettinen_nurminen, whose variance that is), or Cochran's (1954), without N / (N - 1) of each
/// stratum (OddsRatioTest::score). Where no stratum tells one of the ratio's two sums, so that it would be 0 or
/// infinite: `separation`, no estimate, but the test. All alike in each stratum: `no_events` or `singular`, nothing. Of
/// one stratum those of odds_ratio.
Estimate mantel_haenszel_odds_ratio(StratifiedProportions strata, OddsRatioTest test, double confidence);

/// The test that all strata have the same odds ratio (Breslow and Day 1980), with Tarone's (1985) correction for the
/// Mantel-Haenszel ratio, which is not the most likely one. A chi-square statistic with one degree of freedom less than
/// there are strata with both groups, successes and failures; `singular` without two of those (`no_events` where nobody
/// succeeded), `separation` without a common odds ratio.
Estimate breslow_day_test(StratifiedProportions strata);

}  // namespace oligosim

#pragma once

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/interval_censored/event_intervals.hpp"
#include "engine/statistics/survival/log_rank.hpp"

namespace oligosim {

/// Log-rank test of intervals: Sun's (1996) scores on the Turnbull curve of all groups together, with the permutation
/// variance (Fay 1996; ictest of R's package interval with its defaults). A patient's score is
/// (S(R) H(R) - S(L) H(L)) / (S(L) - S(R)), H the cumulative hazard that adds up mass over survival before it: of
/// right-censored data the numerator is the log-rank test's. Strata have curves of their own, and their scores are
/// compared within them. Signed statistic and degrees of freedom as log_rank_test(). Status: `empty_group` where fewer
/// than two groups have patients, `no_events` where no score differs within a stratum, `did_not_converge`.
Estimate interval_log_rank_test(const EventIntervals& data, const Grouping& grouping, Arena& arena);

}  // namespace oligosim

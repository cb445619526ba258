#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Two randomized groups of whose patients some change their treatment for that of the other group, one element a
/// patient, in any order.
struct TreatedTimes {
  std::span<const double> time;  // to the event or the end of follow-up, from 0
  std::span<const std::uint8_t> event;
  std::span<const double> treated;         // of that time, under the treatment of the second group
  std::span<const double> follow_up;       // what the patient would have without event and loss; empty: not known
  std::span<const std::uint8_t> group;     // 0, 1
  std::span<const std::uint16_t> stratum;  // empty: one stratum
  std::size_t strata = 1;
};

/// Rank preserving structural failure time model (Robins and Tsiatis 1991): time under the second group's treatment is
/// worth exp(log_time_ratio) times as much as time without it, whenever it is taken. The ratio is that at which the
/// times without any treatment do not tell the groups apart by the log-rank test, the limits those at which it just
/// does.
struct RankPreservingFit {
  double log_time_ratio = missing;
  double lower = missing, upper = missing;  // infinite where the last ratio up to 50, or down to 1/50, is not rejected
  Estimate test;                            // of the ratio 1: the log-rank test of the times as they are
  Status status = Status::ok;  // of the ratio: that of the test, or `not_reached`: none up to 50, or down to 1/50
};

/// The test is a step function of the ratio. From 1 steps of 5 % are taken towards the better group until it has
/// changed its sign, and for a limit from the estimate, until it has rejected ten steps in a row: few patients may be
/// told apart from one ratio and not from the next. The search ends at 50 or 1/50, and where no events are left. The
/// step that crosses is halved until the place is known to 1e-11; of several within one step that is one. Where the
/// ratio 1 is not rejected the limits hold it. The estimate is the lower side of its jump: the times of
/// without_switching() may be others on the other.
RankPreservingFit rank_preserving(const TreatedTimes& patients, double confidence, Arena& arena);

/// The log-rank test of the times without any treatment, were `log_time_ratio` the truth. Where somebody of a group
/// changed treatment, all of it are censored at the shortest time their `follow_up` could be worth (Robins and Tsiatis
/// 1991): otherwise who is censored would depend on the event.
Estimate test_untreated(const TreatedTimes& patients, double log_time_ratio, Arena& arena);

/// The times had nobody changed treatment; `row` is the position in `patients`. Censored in the same way.
SurvivalTable without_switching(const TreatedTimes& patients, double log_time_ratio, Arena& arena);

}  // namespace oligosim

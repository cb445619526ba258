#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// The cause that incidences are compared for, in table order.
struct CauseOfInterest {
  std::span<const std::uint8_t> cause;  // 0 censored, 1, 2, ...
  std::uint8_t interest = 1;
  double rho = 0;  // weight (1 - F(t-))^rho, F the incidence pooled over the groups of a stratum
};

template <Weight V>
struct GraySums {
  std::span<const V> score;     // one a group: weighted events of the cause, observed minus expected
  std::span<const V> variance;  // groups x groups, row-major
};

/// Score and variance of Gray's (1988) test that the cumulative incidence of a cause is the same in all groups, summed
/// over strata: its subdistribution hazards compared as by the log-rank test, variance as cmprsk's cuminc, with its
/// tie factors. `weight`: integer case weights that act as rows written out, in table order, or empty.
template <Weight V>
GraySums<V> gray_sums(const SurvivalTable& table, const CauseOfInterest& cause, const Grouping& grouping,
                      std::span<const V> weight, Arena& arena);

/// Chi-square (statistic, df, p_value); with two groups also signed_statistic, positive where the second group has
/// fewer events of the cause than expected. n_events are those of the cause. Groups without patients take no part;
/// fewer than two others: `empty_group`; no event of the cause at a time when two groups are at risk, or all at once:
/// `no_events`; a group never at risk at such a time, strata that do not connect the groups, or a variance that is not
/// positive definite (a tie factor can be negative where few are left): `singular`, for which
/// cmprsk gives -1 where the matrix is not regular.
Estimate gray_test(const SurvivalTable& table, const CauseOfInterest& cause, const Grouping& grouping,
                   std::span<const double> weight, Arena& arena);

}  // namespace oligosim

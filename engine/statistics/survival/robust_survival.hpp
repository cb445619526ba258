#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/clusters.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/kaplan_meier.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// The Kaplan-Meier curve with the cluster-robust variance of log S (infinitesimal jackknife) in place of Greenwood's,
/// as survfit(..., cluster = id, robust = TRUE) of R survival: survival_at and survival_quantile then give its numbers.
/// Where S = 0 the variance is 0, as S is whatever the weights are. O(n). Integer weights are rows of the same cluster;
/// without clusters, rows by themselves.
KaplanMeierCurve<> robust_kaplan_meier(const SurvivalTable& table, std::span<const double> weight,
                                       const Clusters& clusters, Arena& arena);

/// What each patient (in table order) adds to S(t), per unit of his weight: the influence functions that the variance
/// is made of, and that a multiplier bootstrap weighs.
std::span<double> survival_influence(const SurvivalTable& table, std::span<const double> weight, double time,
                                     Arena& arena);

/// A cumulative incidence (Aalen and Johansen 1978) at one time, with each patient's influence on it.
struct IncidenceInfluence {
  double incidence = missing;
  std::span<double> influence;  // table order
};
/// `cause` in table order: 0 where the table has a censoring, else from 1 the cause of its event.
IncidenceInfluence cumulative_incidence_influence(const SurvivalTable& table, std::span<const std::uint8_t> cause,
                                                  std::uint8_t of, std::span<const double> weight, double time,
                                                  Arena& arena);

/// Cumulative incidence of the cause `of` with its cluster-robust standard error and the interval of survfit with the
/// conf.type given, applied to the incidence itself; at 0 missing but with plain. Status: `empty_group`; beyond the
/// last time `not_reached`, unless nobody is left event-free there.
Estimate robust_cumulative_incidence(const SurvivalTable& table, std::span<const std::uint8_t> cause, std::uint8_t of,
                                     std::span<const double> weight, const Clusters& clusters, double time,
                                     SurvivalInterval interval, double confidence, Arena& arena);

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// The function of time that a coefficient might change with: 1 - S(t-) of the Kaplan-Meier curve of everybody, the
/// time, its rank among all times (ties share the mean rank), or its logarithm.
enum class TimeTransform { km, identity, rank, log };

struct ProportionalHazardsTest {
  std::span<Estimate> term;  // statistic (chi-square), df, p_value
  Estimate global;           // of all terms at once
};

/// Proportional-hazards test: the score test that x * g(t) adds nothing to a fitted Cox model, as cox.zph of R survival
/// 3 (Grambsch and Therneau 1994, in its exact form). `coefficient` is the maximum, where the score is zero.
/// `term_of_column` names the term of each column from 0, so that the columns of one factor are tested together; empty:
/// each column is a term. Integer weights are rows written out. With `start` the curve and the ranks are those of the
/// rows (start, time], as cox.zph has them. Status: `no_events`; `did_not_converge` where a coefficient is not finite;
/// `singular` where x * g(t) is a combination of the covariates: a single event time, say.
ProportionalHazardsTest proportional_hazards_test(const SurvivalTable& table, const CoxCovariates& covariates,
                                                  std::span<const double> coefficient, std::span<const double> weight,
                                                  Ties ties, TimeTransform transform,
                                                  std::span<const std::uint16_t> term_of_column, Arena& arena);

}  // namespace oligosim

#pragma once

#include "engine/statistics/survival/log_rank.hpp"

namespace oligosim {

/// (Stratified) log-rank test of two groups against a hazard ratio of the second to the first other than 1: at each
/// time an event falls to the second group with probability ratio n_2 / (n_1 + ratio n_2), the score test of Cox'
/// likelihood there; of tied events the variance has the factor (n - d)/(n - 1) as without a ratio. Chi-square
/// (statistic, df, p_value), signed_statistic positive where the hazard ratio is below `ratio`. Statuses as
/// log_rank_test.
Estimate log_rank_ratio_test(const SurvivalTable& table, const Grouping& grouping, double ratio, Arena& arena);

}  // namespace oligosim

#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "engine/memory/arena.hpp"
#include "engine/numeric/multivariate_normal.hpp"
#include "engine/statistics/survival/log_rank.hpp"

namespace oligosim {

/// Fleming-Harrington weighted log-rank differences of two groups with their joint covariance, over the event times
/// sum w_a w_b V (Karrison 2016); strata are summed.
template <Weight V = double>
struct WeightedLogRanks {
  std::span<const V> difference;  // expected minus observed of the second group: positive where it has fewer events
  std::span<const V> covariance;  // row-major
  CaseCounts<V> cases;
};

/// `grouping` has two groups; up to max_normal_dimension `families`. `weight`: integer case weights that act as rows
/// written out, or empty.
template <Weight V = double>
WeightedLogRanks<V> weighted_log_ranks(const SurvivalTable& table, const Grouping& grouping,
                                       std::span<const std::type_identity_t<V>> weight,
                                       std::span<const FlemingHarrington> families, Arena& arena);

/// MaxCombo (Lee 2007; Karrison 2016; Lin et al. 2020): statistic = max |z|, its two-sided p_value from the
/// multivariate normal distribution of the z, whose correlation may be singular: (0, 0) is (0, 1) + (1, 0).
/// signed_statistic is the normal quantile of P(all Z < max z), standard normal under the null and large where any
/// weight shows fewer events in the second group; its upper tail is the one-sided p value.
///
/// A weight whose log-rank has no variance takes no part. None with variance: `no_events`; a group without patients:
/// `empty_group`. `k`: the lane.
template <Weight V>
Estimate max_combo_test(const WeightedLogRanks<V>& log_ranks, std::size_t k = 0);

/// Both at once.
Estimate max_combo_test(const SurvivalTable& table, const Grouping& grouping, std::span<const double> weight,
                        std::span<const FlemingHarrington> families, Arena& arena);

}  // namespace oligosim

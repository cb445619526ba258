#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Events observed, and expected had the patients fared as the historical ones: the sum of the historical cumulative
/// hazard at each patient's time, event or censoring (Breslow 1975; Finkelstein, Muzikansky and Schoenfeld 2003).
template <Weight V = double>
struct ObservedExpected {
  V observed{};
  V expected{};
  V n{};
};

/// `cumulative_hazard`: the historical one at each patient's time, in table order, as `weight`, which is empty for all
/// ones.
template <Weight V = double>
ObservedExpected<V> observed_expected(const SurvivalTable& table, std::span<const double> cumulative_hazard,
                                      std::span<const std::type_identity_t<V>> weight);

/// What stands for the variance of O - E: E, its value under the null, or (O + E) / 2, which keeps the level better in
/// small trials (Wu 2015, 2016).
enum class OneSampleVariance { expected, average };

/// statistic = (O - E) / sqrt(variance), two-sided p; signed_statistic has the opposite sign: positive where there are
/// fewer events than expected. No patients: `empty_group`; variance 0: `no_events`. `k`: the lane.
template <Weight V>
Estimate one_sample_log_rank_test(const ObservedExpected<V>& sums, OneSampleVariance variance, std::size_t k = 0);

/// O / E with the exact Poisson interval (Garwood 1936); standard_error is that of its log, 1 / sqrt(O), missing
/// without events. E = 0: `no_events`; no patients: `empty_group`.
template <Weight V>
Estimate standardized_mortality_ratio(const ObservedExpected<V>& sums, double confidence, std::size_t k = 0);

}  // namespace oligosim

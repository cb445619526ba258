#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// Curves of all causes under competing risks, one row a distinct time of events or censorings. What belongs to one
/// cause, coded 1, 2, ..., is at [row * causes + cause - 1].
template <Weight V>
struct CumulativeIncidence {
  std::size_t causes = 0;
  std::span<const double> time;
  std::span<const V> at_risk;
  std::span<const V> events;
  std::span<const V> survival;  // free of every cause: 1 - the sum of the estimates
  std::span<const V> estimate;
  std::span<const V> variance;
  std::span<const V> n_events;  // one a cause: in all
  V n{};                        // sum of weights
};

/// Aalen-Johansen estimate of each cause (Aalen and Johansen 1978) with the variance of cmprsk's cuminc: Aalen's, with
/// the tie factor 1 - (d - 1)/(n - 1) for the events of the cause and for those of all other causes; what happens at
/// a time when everybody left has an event of another cause adds nothing to it. `cause`, in table order, is 0 for
/// censored, else at most `causes`; `weight` in table order, empty for all ones. Times with weights of 0 alone have no
/// row. In Lanes every lane has the rows of all.
template <Weight V>
CumulativeIncidence<V> cumulative_incidence(const SurvivalTable& table, std::span<const std::uint8_t> cause,
                                            std::size_t causes, std::span<const V> weight, Arena& arena);

template <Weight V>
struct IncidenceAt {
  V estimate;
  V variance;
};

/// The estimate of a cause, 1, 2, ..., and its variance at a time, as cmprsk's timepoints: 0 before the first event,
/// NaN beyond the last time of follow-up (of a lane, that of its patients), even where nobody is left without event.
template <Weight V>
IncidenceAt<V> incidence_at(const CumulativeIncidence<V>& curve, std::size_t cause, double time);

/// log_log: F^exp(+-z se / (F log F)), the interval of tidycmprsk; plain: F +- z se within [0, 1].
enum class IncidenceInterval { log_log, plain };

/// The same with its limits; n_events are those of the cause. Beyond the last time: missing with `not_reached`; without
/// patients: `empty_group`. log_log limits are missing where F = 0, as tidycmprsk's are, and 1 where F = 1
/// up to rounding.
Estimate incidence_at(const CumulativeIncidence<double>& curve, std::size_t cause, double time,
                      IncidenceInterval interval, double confidence);

}  // namespace oligosim

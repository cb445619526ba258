#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/numeric/lanes.hpp"
#include "engine/statistics/estimable.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/survival/survival_table.hpp"

namespace oligosim {

/// What is regressed on, in table order.
struct FineGrayModel {
  std::span<const std::uint8_t> cause;  // 0 censored, 1, 2, ...
  std::uint8_t interest = 1;
  std::span<const double> covariates;  // column by column: column j is [j * rows, (j + 1) * rows)
  std::size_t columns = 0;
};

template <Weight V>
struct FineGrayFit {
  std::span<V> coefficient;  // log subdistribution hazard ratios; NaN where status is not ok
  std::span<V> standard_error;
  std::span<V> variance;  // columns x columns
  V null_log_likelihood = broadcast<V>(missing);
  V log_likelihood = broadcast<V>(missing);
  V n{};
  V n_events{};  // of the cause
  std::array<Status, lane_count<V>> status{};
};

/// Proportional subdistribution hazards (Fine and Gray 1999), as cmprsk's crr without time functions and with one
/// censoring distribution: patients with an event of another cause stay at risk with weight G(t-)/G(T-), G the
/// Kaplan-Meier curve of censoring; Breslow's ties; robust variance with the term for the estimation of G. Newton from
/// 0 with step halving, to convergence (crr stops at 1e-6 of the score). `weight`: integer case weights that act as
/// rows written out, in table order, or empty. Status: `empty_group` without patients; `no_events`; `singular` where a
/// covariate is constant or a combination of others; `separation` where the likelihood has no finite maximum: all
/// events fall among those at the extreme of their risk sets along some direction; `did_not_converge`.
template <Weight V>
FineGrayFit<V> fine_gray(const SurvivalTable& table, const FineGrayModel& model, std::span<const V> weight,
                         Arena& arena);

/// Of a model whose status is `singular`, by the information at 0.
EstimableColumns estimable_columns(const SurvivalTable& table, const FineGrayModel& model, Arena& arena);

}  // namespace oligosim

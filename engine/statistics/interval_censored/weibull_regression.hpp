#pragma once

#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimable.hpp"
#include "engine/statistics/estimate.hpp"
#include "engine/statistics/interval_censored/event_intervals.hpp"

namespace oligosim {

struct WeibullFit {
  std::span<double> coefficient;  // log hazard ratios; NaN where status is not ok
  double log_shape = missing;
  std::span<double> variance;  // of the coefficients and behind them the log of the shape, row-major
  double null_log_likelihood = missing, log_likelihood = missing;
  double n = 0, n_events = 0;
  Status status = Status::ok;
};

/// Weibull regression: S(t | x) = exp(-exp(a + x b) t^shape), by maximum likelihood of intervals, exact times (left =
/// right > 0) and right-censored ones. The model is R's survreg with dist = "weibull", whose coefficients, of the log
/// of time, are -b / shape. Errors from the observed information. `values`: column by column. Newton with step halving
/// from an exponential distribution. Status: `empty_group` without patients; `no_events`; `singular` where a column is
/// constant or a combination of others; `separation` where a coefficient goes to infinity; `did_not_converge`, as where
/// all events may be at one time, or one is at time 0.
WeibullFit weibull_regression(const EventIntervals& data, std::span<const double> values, std::size_t columns,
                              Arena& arena);

/// Of a model whose status is `singular`.
EstimableColumns estimable_columns(std::span<const double> values, std::size_t rows, std::size_t columns, Arena& arena);

}  // namespace oligosim

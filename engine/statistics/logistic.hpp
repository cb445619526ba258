#pragma once

#include <cstdint>
#include <span>

#include "engine/memory/arena.hpp"
#include "engine/statistics/estimate.hpp"

namespace oligosim {

struct LogisticFit {
  std::span<double> coefficient;  // the intercept, then one a column; NaN where status is not ok
  std::span<double> probability;  // of outcome 1, one a row; under separation those that the fit tends to
  Status status = Status::ok;
};

/// Logistic regression by maximum likelihood (Newton with step halving), as glm(family = binomial) of R to 1e-8.
/// `values` column by column, column j is values[j * rows, (j + 1) * rows). Status: `empty_group` where all outcomes
/// are alike (the probabilities are then NaN, too); `separation` where some direction of the covariates tells outcomes
/// apart (Albert and Anderson 1984): the coefficients have no maximum, the probabilities have a limit, which they are
/// within 1e-9 of. A column that is constant or a combination of those before it is left out, as glm does: its
/// coefficient is NaN.
LogisticFit logistic(std::span<const std::uint8_t> outcome, std::span<const double> values, std::size_t columns,
                     Arena& arena);

}  // namespace oligosim

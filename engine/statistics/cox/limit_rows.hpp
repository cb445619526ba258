#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/statistics/cox/cox.hpp"

namespace oligosim {

/// What is left of the rows of a Cox model whose likelihood has no finite maximum, as where a level has no events: it
/// rises along a direction, and rows below the largest value of direction'x leave every risk set on the way. To the
/// likelihood of what is left to estimate they are not there: covariates that have become constant, or combinations of
/// others, are those whose coefficients go to infinity, and the others have limits. R's coxph, which stops on the way,
/// has these to some 1e-8.
struct LimitRows {
  SurvivalTable table;
  std::span<const std::uint32_t> position;  // of each of its rows in the whole table
  CoxCovariates covariates;                 // all columns
};

/// Nothing unless all events of a stratum have its largest value, up to a hundredth of the range: where that changes
/// with time, rows leave some risk sets alone. `direction`: that of the fit. `weight`: of each row, or empty; a row
/// without weight is not there.
std::optional<LimitRows> limit_rows(const SurvivalTable& table, const CoxCovariates& covariates,
                                    std::span<const double> weight, std::span<const double> direction, Arena& arena);

/// The values of the rows left, of one a row of the whole table; empty: none.
template <class T>
std::span<T> of_rows_left(std::span<const T> values, std::span<const std::uint32_t> position, Arena& arena) {
  if (values.empty()) return {};
  const std::span<T> left = arena.take<T>(position.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = values[position[i]];
  return left;
}

}  // namespace oligosim

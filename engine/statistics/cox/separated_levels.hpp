#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/statistics/cox/cox.hpp"
#include "engine/statistics/estimable.hpp"

namespace oligosim {

/// What is left of a Cox model whose likelihood has no finite maximum because one value of a column of 0 and 1 has no
/// events. The coefficient of that column goes to minus (no event at 1) or plus infinity (none at 0), and the rows of
/// the value leave every risk set: to the likelihood of the other coefficients they are not there. R's coxph, which
/// stops on the way there, has these to some 1e-8.
struct WithoutSeparatedLevels {
  SurvivalTable table;
  std::span<const std::uint32_t> position;  // of each of its rows in the whole table
  CoxCovariates covariates;
  EstimableColumns columns;  // of the whole model; without coefficients of those that go to infinity
};

/// Nothing where no column is like that. `weight`: of each row, or empty; a row without weight is not there.
std::optional<WithoutSeparatedLevels> without_separated_levels(const SurvivalTable& table,
                                                               const CoxCovariates& covariates,
                                                               std::span<const double> weight, Arena& arena);

/// The values of the rows left, of one a row of the whole table; empty: none.
template <class T>
std::span<T> of_rows_left(std::span<const T> values, std::span<const std::uint32_t> position, Arena& arena) {
  if (values.empty()) return {};
  const std::span<T> left = arena.take<T>(position.size());
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = values[position[i]];
  return left;
}

}  // namespace oligosim

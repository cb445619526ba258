#include "engine/statistics/cox/cox_likelihood.hpp"

#include <algorithm>

namespace oligosim {

std::span<const std::uint8_t> as_groups(const CoxCovariates& covariates, Arena& arena) {
  if (covariates.columns != 1) return {};
  const std::span<std::uint8_t> group = arena.take<std::uint8_t>(covariates.values.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    const double value = covariates.values[i];
    if (value != 0.0 && value != 1.0) return {};
    group[i] = value == 1.0;
  }
  return group;
}

}  // namespace oligosim

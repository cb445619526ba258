#include "engine/statistics/cox_likelihood.hpp"

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

std::span<const std::uint32_t> order_by_start(std::span<const double> start, std::span<const std::uint32_t> end,
                                              Arena& arena) {
  const std::span<std::uint32_t> order = arena.take<std::uint32_t>(start.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::uint32_t begin = 0;
  for (const std::uint32_t e : end) {
    std::sort(order.begin() + begin, order.begin() + e,
              [&](std::uint32_t a, std::uint32_t b) { return start[a] > start[b] || (start[a] == start[b] && a > b); });
    begin = e;
  }
  return order;
}

}  // namespace oligosim

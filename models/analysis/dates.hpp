#pragma once

#include <cstddef>
#include <span>

#include "models/analysis/plan_data.hpp"

namespace oligosim {

/// The times of a table of an endpoint, then the dates in each of `columns` of the same rows, one block of table.size()
/// after another: all counted as the endpoint is, from its landmark; of a file those that differ by rounding are the
/// same. A missing date is NaN.
std::span<double> times_and_dates(const SurvivalTable& table, std::size_t endpoint,
                                  std::span<const std::size_t> columns, PlanData& data, Arena& arena);

}  // namespace oligosim

#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/statistics/survival_table.hpp"
#include "models/analysis/plan_data.hpp"

namespace oligosim {

/// Codes of a factor in table order.
inline std::span<std::uint8_t> table_codes(const SurvivalTable& table, PlanData& data, std::size_t factor,
                                           Arena& arena) {
  return in_table_order<std::uint8_t>(table, data.codes(factor), arena);
}

/// The part of an endpoint's table in which every one of these factors and the strata are known, as R's na.omit.
SurvivalTable complete_cases(const SurvivalTable& table, PlanData& data, std::span<const std::size_t> factors,
                             std::span<const std::size_t> number_columns, std::optional<std::size_t> strata,
                             Arena& arena);

}  // namespace oligosim

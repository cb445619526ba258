#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "engine/statistics/clusters.hpp"
#include "engine/statistics/survival/log_rank.hpp"
#include "engine/statistics/survival/survival_table.hpp"
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

/// Groups and strata of a table whose rows have both (complete_cases), for the tests between groups.
Grouping grouping_of(const SurvivalTable& table, PlanData& data, std::size_t factor, std::optional<std::size_t> strata,
                     Arena& arena);

/// The part of an endpoint's table in one level of a factor.
SurvivalTable filter_group(const SurvivalTable& table, PlanData& data, std::size_t factor, std::size_t level,
                           Arena& arena);

/// The part of a table with this code; one code a row of the table.
SurvivalTable with_code(const SurvivalTable& table, std::span<const std::uint8_t> codes, std::uint8_t code,
                        Arena& arena);

bool has_value(const Cohort& cohort, std::size_t column, std::uint32_t row);

/// The part of an endpoint's table in which the column that names the cluster is known, as R's na.omit; without a
/// column all of it.
SurvivalTable with_known_cluster(const SurvivalTable& table, PlanData& data, std::optional<std::size_t> column,
                                 Arena& arena);

/// Clusters by the value of a column, one code for each of these rows of the data set; each of those without a value by
/// itself. In a resample each copy of a unit that holds a whole cluster has a cluster of its own.
Clusters clusters_of(std::span<const std::uint32_t> rows, PlanData& data, std::size_t column, Arena& arena);
/// The same of all rows of the data set, in their order.
Clusters clusters_of_all(PlanData& data, std::size_t column, Arena& arena);

}  // namespace oligosim

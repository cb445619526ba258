#pragma once

#include "models/analysis/plan_data.hpp"
#include "models/cohort/data_set.hpp"

namespace oligosim {

/// Refuses what endpoints cannot be where their columns are derived, by the rows of the file: negative or infinite
/// times, codes that the endpoint does not know, events without a time, rows that end no later than they start. What
/// stands in the file itself is checked by check_endpoints(). Refuses dates of an endpoint before the start, and
/// patients who are said to be free of an event (`free_at`) after it.
void check_derived_endpoints(const DataSet& data, const PlanData& derived, std::size_t in_file, Problems& problems);

}  // namespace oligosim

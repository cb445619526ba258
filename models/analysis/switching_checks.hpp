#pragma once

#include "models/analysis/plan_data.hpp"
#include "models/cohort/data_set.hpp"

namespace oligosim {

/// Refuses dates of a change of treatment before the start. Warns of patients who change before they might
/// (`eligible_at`), and of those whose planned end of follow-up (`recensor_at`) is missing or before their own time.
void check_switching_dates(const DataSet& data, PlanData& derived, Problems& problems, Warnings& warnings);

}  // namespace oligosim

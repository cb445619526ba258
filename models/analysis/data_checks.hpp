#pragma once

#include "models/analysis/plan.hpp"
#include "models/cohort/data_set.hpp"

namespace oligosim {

/// Warns of rows without an event and without the date on which they are censored (`censored_at`), which is at time 0,
/// and of rows of which nobody knows when they were free of the event (`free_at`) but at time 0.
void warn_of_unseen(const DataSet& data, const PlanData& derived, Warnings& warnings);

/// Warns of levels that those whom an analysis is about have and its `levels` leave out: they count as missing, which
/// may be meant or a slip.
void warn_of_levels(const DataSet& data, PlanData& derived, Warnings& warnings);

/// Refuses grades of toxicity that are none: of CTCAE they are whole numbers from 0 to 5.
void refuse_other_grades(const DataSet& data, const PlanData& derived, Problems& problems);

/// Refuses clusters with rows in several strata of a bootstrap: no resample of clusters could keep the strata's sizes.
void refuse_split_clusters(const DataSet& data, const Plan& plan, PlanData& derived, Problems& problems);

}  // namespace oligosim

#pragma once

#include <span>
#include <vector>

#include "models/study/scenario.hpp"

namespace oligosim {

/// Appended to `parameter` of a number that is held against its value without visits.
inline constexpr const char* without_visits_suffix = "_true";

/// What Scenario::also_without_visits of each scenario should be, the same for all, as the rows of a study are: the
/// numbers, in any of the scenarios, of analyses of patients that read the day of an endpoint that visits show, and
/// beside it nothing but what does not depend on visits or is known without them too: arm, baseline, other endpoints.
void find_labels_without_visits(std::span<Scenario> scenarios);

/// The plan's labels, and after them those that are held against their values without visits: what true_values() are
/// of.
std::vector<EstimateLabel> labels_with_truths(const Scenario& scenario);

}  // namespace oligosim

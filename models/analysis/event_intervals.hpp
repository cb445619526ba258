#pragma once

#include "engine/statistics/interval_censored/event_intervals.hpp"
#include "models/analysis/plan_data.hpp"

namespace oligosim {

/// What is known of the event times of these rows of an endpoint's table, in the unit of its time: with `free_at` an
/// event lies between that date and the time that shows it, and comes after that date in who has none. Without, times
/// of events are exact and the others right-censored.
EventIntervals event_intervals(const SurvivalTable& table, std::size_t endpoint, PlanData& data, Arena& arena);

/// `endpoint` of a plan entry: one with `free_at`.
std::size_t interval_endpoint(ConfigNode& entry, PlanReader& reader);

}  // namespace oligosim

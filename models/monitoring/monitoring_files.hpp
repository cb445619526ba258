#pragma once

#include <string>

#include "models/monitoring/event_forecast.hpp"
#include "models/monitoring/monitoring.hpp"

namespace oligosim {

/// `look, outcome, events, information, level_spent, boundary_z, boundary_p, boundary_effect, futility_z, z, p_value,
/// repeated_p_value, repeated_lower, repeated_upper`: one row a look, held or planned. p values are of one tail.
std::string looks_csv(const MonitoredTrial& trial);

/// `assumption, hazard_ratio, power`: one row an assumption.
std::string conditional_power_csv(const MonitoredTrial& trial);

/// `look, events, month, lower, upper, mcse, share`: one row a look to come, or number of events asked for.
std::string forecast_csv(const EventForecast& forecast);

/// `month, patients, patients_lower, patients_upper, events, events_lower, events_upper`: seen until the data cut,
/// without limits, then forecast.
std::string forecast_by_month_csv(const EventForecast& forecast);

}  // namespace oligosim

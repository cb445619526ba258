#pragma once

#include <string>

#include "models/monitoring/monitoring.hpp"

namespace oligosim {

/// `look, outcome, events, information, level_spent, boundary_z, boundary_p, boundary_effect, futility_z, z, p_value,
/// repeated_p_value, repeated_lower, repeated_upper`: one row a look, held or planned. p values are of one tail.
std::string looks_csv(const MonitoredTrial& trial);

/// `assumption, hazard_ratio, power`: one row an assumption.
std::string conditional_power_csv(const MonitoredTrial& trial);

}  // namespace oligosim

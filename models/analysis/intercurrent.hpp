#pragma once

#include "engine/io/config.hpp"
#include "models/analysis/endpoint.hpp"

namespace oligosim {

class PlanReader;

/// Reads `intercurrent: [{at: DATE_COLUMN, strategy: NAME, same_day: event | intercurrent}, ...]`: what becomes of an
/// endpoint when a patient has an intercurrent event (ICH E9(R1)). The endpoint then stands in columns made for it.
void read_intercurrent_events(SurvivalEndpoint& endpoint, ConfigNode& node, PlanReader& reader);

}  // namespace oligosim

#pragma once

#include <string>
#include <vector>

#include "models/monitoring/event_forecast.hpp"

namespace oligosim {

/// What the data say of the trial so far, and when the looks to come are due, in sentences.
std::vector<std::string> forecast_texts(const EventForecast& forecast);

/// The part of the page: a figure of the events, one of the patients while they enter, every number.
std::string forecast_section(const EventForecast& forecast);

}  // namespace oligosim

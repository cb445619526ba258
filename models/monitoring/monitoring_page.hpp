#pragma once

#include <string>
#include <vector>

#include "models/monitoring/event_forecast.hpp"
#include "models/monitoring/monitoring.hpp"

namespace oligosim {

/// What the page says besides the trial.
struct MonitoringFacts {
  std::string study;    // its title
  std::string program;  // name, version, revision
  std::string command;  // that makes this again
};

/// What the trial says now, in sentences: the last look, what comes of it, and the estimates where it has ended.
/// Nothing where no look has been held.
std::vector<std::string> monitoring_texts(const MonitoredTrial& trial);

/// The page: the sentences, the looks on their boundaries, every number of them, the power of what is left; and when
/// the looks to come are due, where there is a forecast (else null).
std::string monitoring_page(const TrialSoFar& trial, const MonitoredTrial& shown, const EventForecast* forecast,
                            const MonitoringFacts& facts);

}  // namespace oligosim

#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/monitoring/event_forecast.hpp"
#include "models/monitoring/monitoring.hpp"

namespace oligosim {

/// A file of a trial under way, with what its files of data and its study say of it.
struct MonitoredFile {
  TrialSoFar trial;
  MonitoredTrial shown;
  std::optional<EventForecast> forecast;      // where the file asks for one
  std::string study;                          // its title
  std::vector<std::filesystem::path> inputs;  // the files that were read beside it: study, plan, data
};

/// Throws InputError with the mistakes of the file, its study, plan and data. Warnings of the data go to stderr.
MonitoredFile load_monitored(const std::filesystem::path& file);

}  // namespace oligosim

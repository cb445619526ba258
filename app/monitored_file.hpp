#pragma once

#include <filesystem>
#include <string>

#include "models/monitoring/monitoring.hpp"

namespace oligosim {

/// A file of a trial under way, with what its files of data and its study say of it.
struct MonitoredFile {
  TrialSoFar trial;
  MonitoredTrial shown;
  std::string study;  // its title
};

/// Throws InputError with the mistakes of the file, its study, plan and data. Warnings of the data go to stderr.
MonitoredFile load_monitored(const std::filesystem::path& file);

}  // namespace oligosim
